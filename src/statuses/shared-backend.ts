/** What a shared cache is built on, such as Redis: a lock, a store and a bus. None of the calls rejects. */
export interface SharedBackend {
  readonly lock: Lock;
  readonly store: Store;
  readonly bus: Bus;
  readonly clock: SharedClock;
  /** Releases the locks that are held, and closes. */
  dispose(): Promise<void>;
}

/** A clock that all instances read alike, whatever the clocks of their machines say. */
export interface SharedClock {
  /** What it is ahead of this process's monotonic clock; milliseconds. */
  readonly offsetMs: number;
}

/** A distributed lock with a lease: it expires by itself when its owner dies. */
export interface Lock {
  /** Whether this instance owns the lock of the key now. True as well where the backend is down. */
  acquire(key: string): Promise<boolean>;
  /** Releases the lock, if this instance owns it. */
  release(key: string): void;
}

/** Values by key, all with a TTL. */
export interface Store {
  /** Null where there is none, or where the backend is down. */
  get(key: string): Promise<string | null>;
  set(key: string, value: string, ttlMs: number): void;
}

/** Messages to all instances, the sender included (pub/sub). A message may be lost while the backend is down. */
export interface Bus {
  publish(message: string): void;
  /** One listener at most. */
  onMessage(listener: (message: string) => void): void;
}
