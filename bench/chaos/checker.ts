/** Checks what the servers answer against the truth. */
import type { Finding, Tally } from './tally.ts';
import { msisdnOf, referenceOf, type Truth } from './truth.ts';

/** A result as the servers give it: a message, or a failure. */
export interface Result {
  readonly id?: string;
  readonly reference?: string;
  readonly msisdn?: string;
  readonly status?: string;
  readonly isStale?: boolean;
  readonly fetchedAt?: string;
  readonly code?: string;
  readonly message?: string;
}

/** The fields that a checker needs. */
export const RESULT_FIELDS =
  '... on Sms { id reference msisdn status isStale fetchedAt } ... on BsgErrorDetails { code message }';

/** What a failing upstream may lead to. Any other code would be an untrue statement about a message. */
const OUTAGE_CODES = new Set(['TIMEOUT', 'NETWORK', 'RATE_LIMITED', 'BAD_RESPONSE', 'UNKNOWN_ERROR']);

/** Times of the server's and of the checker's clock are rounded. Milliseconds. */
const ROUNDING_MS = 5;

/** Options of {@link createChecker}. */
export interface CheckerOptions {
  readonly truth: Truth;
  readonly tally: Tally;
  /** `BSG_TIMEOUT_MS`: an answer of BSG is at most so old when it is received. */
  readonly timeoutMs: number;
  /** `CACHE_TTL_MS`, and what a fetch that was joined may have taken. */
  readonly maxAgeMs: number;
  readonly wasRedisDownSince: (sinceMs: number) => boolean;
}

/** One reader, who notices when a message goes back to a status from before. */
export interface Witness {
  /** Checks the result of a read that began at this time. */
  check(id: string, result: Result, sentAtMs: number): void;
}

/** Returns a function that makes a witness. */
export function createChecker({ truth, tally, timeoutMs, maxAgeMs, wasRedisDownSince }: CheckerOptions): () => Witness {
  function isAboutAnother(id: string, { id: ofId, reference, msisdn }: Result): boolean {
    return ofId !== id || reference !== referenceOf(id) || msisdn !== msisdnOf(id);
  }

  /** Whether the message had another status when it was fetched. */
  function isUntrue(id: string, version: number, fetchedAtMs: number): boolean {
    return (
      version < truth.versionAt(id, fetchedAtMs - timeoutMs - ROUNDING_MS) ||
      version > truth.versionAt(id, fetchedAtMs + ROUNDING_MS)
    );
  }

  function findingOf(id: string, result: Result, sentAtMs: number): Finding | null {
    const { code, status = '', isStale = false, fetchedAt = '' } = result;
    if (code !== undefined) return OUTAGE_CODES.has(code) ? null : 'wrong';
    const fetchedAtMs = Date.parse(fetchedAt);
    const version = truth.versionOf(status);
    if (isAboutAnother(id, result) || isUntrue(id, version, fetchedAtMs)) return 'wrong';
    const isOld = !isStale && !truth.isFinal(version) && fetchedAtMs < sentAtMs - maxAgeMs;
    return isOld ? 'outdated' : null;
  }

  function count(finding: Finding | null, example: () => string): void {
    if (finding !== null) tally.found(finding, example());
  }

  return () => {
    /** The highest version of each message so far, and when it was fetched. */
    const seen = new Map<string, { readonly version: number; readonly fetchedAtMs: number }>();
    function stepBackOf(id: string, { status, fetchedAt = '' }: Result): Finding | null {
      if (status === undefined) return null;
      const version = truth.versionOf(status);
      const before = seen.get(id);
      if (before === undefined || version >= before.version) {
        seen.set(id, { version, fetchedAtMs: Date.parse(fetchedAt) });
        return null;
      }
      // Since then an instance may have missed what another one fetched.
      return wasRedisDownSince(before.fetchedAtMs) ? 'stepsBackWithoutRedis' : 'stepsBack';
    }
    return {
      check(id, result, sentAtMs) {
        tally[result.code === undefined ? 'statuses' : 'failures']++;
        if (result.isStale) tally.stale++;
        const example = () => `${id} ${JSON.stringify(result)}, requested ${Date.now() - sentAtMs} ms ago`;
        count(findingOf(id, result, sentAtMs), example);
        count(stepBackOf(id, result), example);
      },
    };
  };
}
