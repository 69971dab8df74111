import { useSyncExternalStore } from 'react';
import { formatDate, formatRelative } from '../format.ts';

/** How long ago a time is, kept up to date; a dash where it is not known. */
export function RelativeTime({ at }: { readonly at: string | null | undefined }) {
  const now = useSyncExternalStore(everySecond, currentSecond);
  if (at == null) return <span className="nothing">–</span>;
  return (
    <time dateTime={at} title={formatDate(at)}>
      {formatRelative(at, now)}
    </time>
  );
}

function currentSecond(): number {
  return Math.floor(Date.now() / 1_000) * 1_000;
}

function everySecond(onChange: () => void): () => void {
  const timer = setInterval(onChange, 1_000);
  return () => clearInterval(timer);
}
