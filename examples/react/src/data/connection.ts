/** The state of the connection that brings updates, for the badge in the header. */
import { useSyncExternalStore } from 'react';

/** Whether updates arrive. */
export type Connection = 'connecting' | 'live' | 'reconnecting';

/** Follows the events of a client for subscriptions. */
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
    },
    useConnection: (): Connection => useSyncExternalStore(subscribe, () => state),
  };
}
