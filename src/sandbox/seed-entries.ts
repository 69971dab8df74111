/** Entries for seeded data. */
import type { Entry } from './store.ts';

/** An entry that never changes. */
export function always<Wire>(wire: Wire): Entry<Wire> {
  return { kind: 'value', at: () => wire };
}

/** An entry that begins to move with its first request. */
export function fromFirstRequest<Wire>(at: (startedAtMs: number, nowMs: number) => Wire): Entry<Wire> {
  let startedAtMs: number | null = null;
  return {
    kind: 'value',
    at: (nowMs) => {
      startedAtMs ??= nowMs;
      return at(startedAtMs, nowMs);
    },
  };
}
