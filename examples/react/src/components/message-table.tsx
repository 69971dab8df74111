import type { Message } from '../data/results.ts';
import { formatDuration, formatMoney } from '../format.ts';
import { nameOf, toneOf } from '../statuses.ts';
import { Chip } from './chip.tsx';
import { RelativeTime } from './relative-time.tsx';
import { StaleChip } from './stale-chip.tsx';
import './message-table.css';

interface MessageTableProps {
  /** Undefined until they are read. */
  readonly messages: readonly Message[] | undefined;
  /** How many there may be: the table keeps their place. */
  readonly expected: number;
}

/** One row for each message that was found, in the requested order. */
export function MessageTable({ messages, expected }: MessageTableProps) {
  if (messages?.length === 0) return <p className="empty">BSG has found none of these messages.</p>;
  return (
    <table className="message-table" aria-busy={messages === undefined}>
      <thead>
        <tr>
          <th scope="col">Reference</th>
          <th scope="col">Status</th>
          <th scope="col" className="wide">
            Send time
          </th>
          <th scope="col" className="wide">
            Report
          </th>
          <th scope="col" className="number">
            Price
          </th>
        </tr>
      </thead>
      <tbody>
        {messages?.map((message) => <MessageRow key={message.id} message={message} />) ?? (
          <LoadingRows count={expected} />
        )}
      </tbody>
    </table>
  );
}

function MessageRow({ message }: { readonly message: Message }) {
  const { reference, id, msisdn, status, timeSent, timeDr, reportDelay, price, currency } = message;
  return (
    <tr>
      <th scope="row">
        <span className="reference">{reference ?? id}</span>
        {msisdn != null && <span className="sub">+{msisdn}</span>}
      </th>
      <td>
        <span className="status" key={status}>
          <Chip tone={toneOf(status)}>{nameOf(message)}</Chip>
          {message.isStale && <StaleChip fetchedAt={message.fetchedAt} />}
        </span>
        <span className="sub narrow">
          <RelativeTime at={timeDr ?? timeSent} />
        </span>
      </td>
      <td className="wide">
        <RelativeTime at={timeSent} />
      </td>
      <td className="wide">
        <RelativeTime at={timeDr} />
        {reportDelay != null && <span className="sub">after {formatDuration(reportDelay)}</span>}
      </td>
      <td className="number">
        {price == null || currency == null ? <span className="nothing">–</span> : formatMoney(price, currency)}
      </td>
    </tr>
  );
}

function LoadingRows({ count }: { readonly count: number }) {
  return Array.from({ length: count }, (_, row) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all alike
    <tr key={row}>
      <td colSpan={5}>
        <span className="skeleton" />
      </td>
    </tr>
  ));
}
