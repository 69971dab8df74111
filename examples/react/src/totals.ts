import type { Message } from './data/results.ts';
import { type Group, groupOf } from './statuses.ts';

/** The numbers above the table. They come from its rows, so that both always agree. */
export interface TotalsOfMessages extends Readonly<Record<Group, number>> {
  readonly count: number;
  /** One sum per currency. */
  readonly prices: readonly { readonly currency: string; readonly amount: number }[];
}

/** Counts messages by where they are, and adds up their prices. */
export function totalsOf(messages: readonly Message[]): TotalsOfMessages {
  const count = (group: Group) => messages.filter((message) => groupOf(message) === group).length;
  const prices = new Map<string, number>();
  for (const { price, currency } of messages)
    if (price != null && currency != null) prices.set(currency, (prices.get(currency) ?? 0) + price);
  return {
    count: messages.length,
    delivered: count('delivered'),
    onTheWay: count('onTheWay'),
    notDelivered: count('notDelivered'),
    prices: [...prices].map(([currency, amount]) => ({ currency, amount })),
  };
}
