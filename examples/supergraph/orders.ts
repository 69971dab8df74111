/** The orders subgraph of another team. */
import { readFileSync } from 'node:fs';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse } from 'graphql';
import { createYoga } from 'graphql-yoga';

/** An order of another team, which stores no more about BSG than two keys. */
export interface Order {
  readonly id: string;
  /** Reference of its SMS; null where none was sent. */
  readonly smsReference: string | null;
  /** Task id of the campaign that led to the order; null where none did. */
  readonly taskId: string | null;
}

/** The schema of the orders subgraph. */
export const ordersSchema = parse(readFileSync(new URL('orders.graphql', import.meta.url), 'utf8'));

/** The subgraph of another team, as a listener for `node:http`. It calls neither BSG nor the BSG subgraph. */
export function createOrders(orders: readonly Order[]) {
  const resolvers = {
    Query: { orders: () => orders },
    Order: {
      __resolveReference: ({ id }: Order) => orders.find((order) => order.id === id),
      sms: ({ smsReference }: Order) => (smsReference === null ? null : { reference: smsReference }),
      campaign: ({ taskId }: Order) => (taskId === null ? null : { taskId }),
    },
  };
  return createYoga({ schema: buildSubgraphSchema({ typeDefs: ordersSchema, resolvers }), logging: false });
}
