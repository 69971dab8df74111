/** The state of the connection that brings updates, for the badge in the header. */
import { useSyncExternalStore } from 'react';

/** Whether updates arrive. `idle`: none will, as every subscription has ended. */
export type Connection = 'connecting' | 'live' | 'reconnecting' | 'idle';

/** Follows the events of a client of `graphql-ws`. */
export function createConnection() {
  let state: Connection = 'connecting';
  const listeners = new Set<() => void>();
  const set = (next: Connection) => {
    state = next;
    for (const listener of listeners) listener();
  };
  const subscribe = (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  return {
    /** For the `on` option of the client. */
    events: {
      connecting: (isRetry: boolean) => set(isRetry ? 'reconnecting' : 'connecting'),
      connected: () => set('live'),
      closed: (event: unknown) => set(isOver(event) ? 'idle' : 'reconnecting'),
    },
    useConnection: (): Connection => useSyncExternalStore(subscribe, () => state),
  };
}

/** Whether the client itself closed the connection, after its last subscription. */
function isOver(event: unknown): boolean {
  return event instanceof CloseEvent && event.code === 1000;
}
