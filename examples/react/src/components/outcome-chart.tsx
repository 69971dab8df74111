import type { Campaign } from '../data/results.ts';
import { formatCount, formatShare } from '../format.ts';
import './outcome-chart.css';

interface Part {
  readonly name: string;
  readonly count: number;
  /** Name of a colour. */
  readonly tone: string;
}

/** A ring of how the messages of a campaign ended, with their numbers beside it. */
export function OutcomeChart({ campaign }: { readonly campaign: Campaign }) {
  const { delivered, expired, undeliverable, unknown, pending, deliveryRate } = campaign;
  const parts: readonly Part[] = [
    { name: 'Delivered', count: delivered, tone: 'success' },
    { name: 'Expired', count: expired, tone: 'warning' },
    { name: 'Undeliverable', count: undeliverable, tone: 'danger' },
    { name: 'Unknown', count: unknown, tone: 'unknown' },
    { name: 'Pending', count: pending, tone: 'pending' },
  ];
  const rate = deliveryRate == null ? '–' : formatShare(deliveryRate);
  return (
    <div className="outcomes">
      <svg className="ring" viewBox="0 0 120 120" role="img" aria-label={`${rate} of the messages sent are delivered.`}>
        <circle className="ring-track" cx="60" cy="60" r="50" />
        {arcsOf(parts).map(({ tone, start, length }) => (
          <circle
            key={tone}
            className="ring-arc"
            cx="60"
            cy="60"
            r="50"
            pathLength="100"
            strokeDasharray={`${length} 100`}
            strokeDashoffset={-start}
            style={{ stroke: `var(--${tone})` }}
          />
        ))}
        <text className="ring-value" x="60" y="60">
          {rate}
        </text>
        <text className="ring-label" x="60" y="78">
          of those sent
        </text>
      </svg>
      <dl className="outcome-list">
        {parts.map(({ name, count, tone }) => (
          <div key={name}>
            <dt>
              <span className="outcome-dot" style={{ background: `var(--${tone})` }} aria-hidden="true" />
              {name}
            </dt>
            <dd>{formatCount(count)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

/** Where on the ring, from 0 to 100, each part begins, and how long it is. Gaps keep neighbours apart. */
function arcsOf(parts: readonly Part[]) {
  const total = parts.reduce((sum, { count }) => sum + count, 0);
  const shown = parts.filter(({ count }) => count > 0);
  const gap = shown.length > 1 ? 0.8 : 0;
  let end = 0;
  return shown.map(({ tone, count }) => {
    const start = end;
    end += (100 * count) / total;
    return { tone, start, length: Math.max(end - start - gap, 0.4) };
  });
}
