/** What needs Redis to work: its two connections, and the kinds of commands. */
export type RedisOperation =
  | 'connection'
  | 'subscription'
  | 'read'
  | 'write'
  | 'lock'
  | 'publish'
  | 'clock'
  | 'rate limit';

/** Why Redis cannot be used. */
export interface RedisFailure {
  readonly operation: RedisOperation;
  /** Such as `WRONGPASS` or `ECONNREFUSED`: no address, no secret. */
  readonly reason: string;
}

/** Which operations fail, each with its reason. */
export interface RedisHealth {
  /** Records the reason, or null for an operation that works. */
  set(operation: RedisOperation, reason: string | null): void;
  /** Records that the connection is new: what failed before may work now. */
  reset(): void;
  /** The first of the operations that fail; null while all work. */
  readonly failure: RedisFailure | null;
}

const CONNECTING = 'CONNECTING';

/** Reports nothing before both connections have been made or have failed, then every change of the reason. */
export function createHealth(onChange: (failure: RedisFailure | null) => void): RedisHealth {
  const reasons = new Map<RedisOperation, string>([
    ['connection', CONNECTING],
    ['subscription', CONNECTING],
  ]);
  let reported: string | null = CONNECTING;

  function failure(): RedisFailure | null {
    const [first] = reasons;
    return first === undefined ? null : { operation: first[0], reason: first[1] };
  }
  function report(): void {
    const latest = failure();
    const reason = latest?.reason ?? null;
    if ([...reasons.values()].includes(CONNECTING) || reason === reported) return;
    reported = reason;
    onChange(latest);
  }
  return {
    set(operation, reason) {
      if (reason === null) reasons.delete(operation);
      else reasons.set(operation, reason);
      report();
    },
    reset() {
      for (const operation of reasons.keys()) if (operation !== 'subscription') reasons.delete(operation);
      report();
    },
    get failure() {
      return failure();
    },
  };
}
