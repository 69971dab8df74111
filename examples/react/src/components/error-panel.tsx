import type { BsgError } from '../data/results.ts';
import { groupErrors, retryHintOf } from '../errors.ts';
import { retryIcon } from './icons.tsx';
import './error-panel.css';

interface ErrorPanelProps {
  readonly errors: readonly BsgError[];
  readonly onRetry: () => void;
}

/** Why messages are not in the table, by what to do about it. */
export function ErrorPanel({ errors, onRetry }: ErrorPanelProps) {
  return (
    <section className="card" aria-labelledby="attention">
      <div className="card-head">
        <h2 id="attention">
          Needs attention <span className="attention-count">{errors.length}</span>
        </h2>
        {errors.some(({ retryable }) => retryable) && (
          <button type="button" className="button" onClick={onRetry}>
            {retryIcon} Retry
          </button>
        )}
      </div>
      {groupErrors(errors).map(({ title, hint, errors: grouped }) => (
        <div key={title} className="error-group">
          <h3>{title}</h3>
          <p>{hint}</p>
          <ul>
            {grouped.map((error) => (
              <li key={error.subject ?? error.message}>
                <code>{error.subject ?? '–'}</code>
                <span>
                  {error.message}
                  {retryHintOf(error) !== null && <span className="retry-hint">{retryHintOf(error)}</span>}
                </span>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </section>
  );
}
