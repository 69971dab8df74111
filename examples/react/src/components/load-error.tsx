import { useEffect } from 'react';
import { retryIcon } from './icons.tsx';

const RETRY_INTERVAL_MS = 3_000;

interface LoadErrorProps {
  /** In English, for developers. */
  readonly reason: string;
  readonly onRetry: () => void;
}

/** In place of what could not be loaded: says so, and retries until it can. */
export function LoadError({ reason, onRetry }: LoadErrorProps) {
  useEffect(() => {
    const timer = setInterval(onRetry, RETRY_INTERVAL_MS);
    return () => clearInterval(timer);
  }, [onRetry]);

  return (
    <div className="empty" role="alert">
      <strong>Loading failed. Trying again every {RETRY_INTERVAL_MS / 1_000} seconds.</strong>
      <p>{reason}</p>
      <button type="button" className="button" onClick={onRetry}>
        {retryIcon} Retry now
      </button>
    </div>
  );
}
