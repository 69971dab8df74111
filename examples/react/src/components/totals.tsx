import type { ReactNode } from 'react';
import type { Message } from '../data/results.ts';
import { formatCount, formatMoney, formatShare } from '../format.ts';
import { totalsOf } from '../totals.ts';
import './totals.css';

/** The numbers of all messages at one glance. */
export function Totals({ messages }: { readonly messages: readonly Message[] | undefined }) {
  const { count, delivered, onTheWay, notDelivered, prices } = totalsOf(messages ?? []);
  const isLoaded = messages !== undefined;
  const share = (part: number) => (count === 0 ? undefined : formatShare(part / count));
  return (
    <section className="card totals" aria-label="Totals" aria-busy={!isLoaded}>
      <dl>
        <Total name="Messages" value={isLoaded && formatCount(count)} />
        <Total name="Delivered" tone="success" value={isLoaded && formatCount(delivered)} detail={share(delivered)} />
        <Total name="On the way" tone="info" value={isLoaded && formatCount(onTheWay)} detail={share(onTheWay)} />
        <Total
          name="Not delivered"
          tone="danger"
          value={isLoaded && formatCount(notDelivered)}
          detail={share(notDelivered)}
        />
        <Total
          name="Price"
          value={isLoaded && (prices.map(({ amount, currency }) => formatMoney(amount, currency)).join(' + ') || '–')}
        />
      </dl>
    </section>
  );
}

interface TotalProps {
  readonly name: string;
  /** False until it is known. */
  readonly value: ReactNode;
  readonly detail?: string | undefined;
  readonly tone?: 'success' | 'info' | 'danger';
}

function Total({ name, value, detail, tone }: TotalProps) {
  return (
    <div className="total">
      <dt>
        {tone && <span className="total-dot" style={{ background: `var(--${tone})` }} aria-hidden="true" />}
        {name}
      </dt>
      <dd>
        {value === false ? <span className="skeleton total-skeleton" /> : value}
        {detail !== undefined && <span className="total-detail">{detail}</span>}
      </dd>
    </div>
  );
}
