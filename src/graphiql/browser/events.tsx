import type { Stream, StreamEvent } from './stream.ts';

/** Says how a subscription goes, and lists its events; nothing in a tab that has run none. */
export function Events({ stream }: { readonly stream: Stream | undefined }) {
  if (stream === undefined) return null;
  const { state, count, events } = stream;
  const [, ...earlier] = events;
  return (
    <section className="events" aria-label="Events of the subscription">
      <p role="status" data-state={state}>
        {MESSAGES[state](count === 1 ? '1 event' : `${count} events`)}
      </p>
      {earlier.length > 0 && (
        <details>
          <summary>Earlier events</summary>
          <ol>
            {earlier.map((event) => (
              <EventItem key={event.id} event={event} />
            ))}
          </ol>
        </details>
      )}
    </section>
  );
}

const MESSAGES: Readonly<Record<Stream['state'], (events: string) => string>> = {
  open: (events) => `Live: ${events} so far.`,
  complete: (events) => `Complete after ${events}: nothing in it can change any more.`,
  stopped: (events) => `Stopped after ${events}.`,
  failed: (events) => `Failed after ${events}.`,
};

function EventItem({ event: { id, receivedAt, result } }: { readonly event: StreamEvent }) {
  return (
    <li value={id}>
      <time dateTime={receivedAt.toISOString()}>{receivedAt.toLocaleTimeString()}</time>
      <pre>{JSON.stringify(result, null, 2)}</pre>
    </li>
  );
}
