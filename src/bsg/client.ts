/** The BSG client: the one entrance to everything in this folder. */

import { type MonotonicClock, monotonicNow } from '../monotonic-clock.ts';
import { createCampaignPaths } from './campaign-paths.ts';
import { setDeadline } from './deadline.ts';
import { type BsgFailure, failure, fromRequest, isFailure } from './failure.ts';
import { Gathering } from './gathering.ts';
import { createMassStatus, type MassStatusState } from './mass-status.ts';
import type { RequestObserver } from './observer.ts';
import { createRequests } from './request.ts';
import type { BsgValue, StatusKey } from './resource.ts';
import { SingleFetch } from './single-fetch.ts';
import { createTransport } from './transport.ts';
import { createUpstreams } from './upstream.ts';

/** Options of {@link createBsgClient}. */
export interface BsgClientOptions {
  /** Such as `https://api.bsg.world/rest`, without a slash at the end. */
  readonly baseUrl: string;
  readonly apiKey: string;
  /** Address of an HTTP proxy in front of BSG. @default null: none */
  readonly proxy?: string | null;
  /** IANA zone in which BSG's times are read, such as `Europe/Kyiv`. */
  readonly timezone: string;
  /** The one path for campaigns, with `{task_id}` in it; null: auto-detected. */
  readonly campaignPath: string | null;
  /** `off`: one request per status; `auto`: up to 100 statuses per request, where BSG offers that. @default 'auto' */
  readonly massStatus?: 'auto' | 'off';
  /** Called when BSG turns out not to offer mass status requests, and when it offers them again. */
  readonly onMassStatus?: ((isOffered: boolean) => void) | undefined;
  /** Deadline of one fetch with all its attempts; milliseconds. */
  readonly timeoutMs: number;
  /** Attempts after the first. */
  readonly retries: number;
  /** Requests in flight at once. */
  readonly maxConcurrency: number;
  /** Clock for durations. @default `monotonicNow` */
  readonly now?: MonotonicClock;
  /** For times that are shown; milliseconds since 1970. @default Date.now */
  readonly timeOfDay?: () => number;
  /** From 0 up to 1; spreads retries. @default Math.random */
  readonly random?: () => number;
}

/** One value to fetch. */
export interface Fetch<Value extends BsgValue> {
  readonly key: StatusKey<Value>;
  /** The result of an earlier fetch, which can save a request; null where there is none. */
  readonly knownResult: Value | BsgFailure | null;
}

/** Receives the result of each fetch, with its place among those that began together. */
export type OnResult<Value extends BsgValue> = (result: Value | BsgFailure, place: number) => void;

/** The only way to BSG. */
export interface BsgClient {
  /**
   * Fetches values. Reports the result of each as soon as it is there, by its place, and resolves after the last. Failures are
   * results: it rejects only on a bug. A malformed id is a failure without a request.
   *
   * @param timeoutMs What is left of the deadline. @default the configured one
   */
  fetch<Value extends BsgValue>(
    fetches: readonly Fetch<Value>[],
    observer: RequestObserver,
    onResult: OnResult<Value>,
    timeoutMs?: number,
  ): Promise<void>;
  /** Whether BSG offers mass status requests, as far as is known. */
  readonly massStatus: MassStatusState;
  /** Closes the idle connections. Call it when nothing is in flight any more. */
  dispose(): void;
}

/** A client of one BSG account. */
export function createBsgClient(options: BsgClientOptions): BsgClient {
  const { apiKey, now = monotonicNow, timeOfDay = Date.now, random = Math.random } = options;
  const transport = createTransport({ ...options, timeOfDay });
  const requests = createRequests({ ...options, transport, now, random });
  const campaignPaths = createCampaignPaths(options.campaignPath);
  // A test key gets random answers, so one about another message is expected.
  const areAnswersRandom = hasRandomAnswers(apiKey);
  const massStatus = createMassStatus({
    ...options,
    isOff: options.massStatus === 'off' || areAnswersRandom,
    requests,
    now,
  });

  const beginFetches = createUpstreams({ ...options, requests, campaignPaths, now, timeOfDay });

  function resultOf<Value extends BsgValue>(
    { key: { resource, id }, upstream }: SingleFetch<Value>,
    result: Value | BsgFailure | null,
  ): Value | BsgFailure {
    if (result === null || (isFailure(result) && result.code === 'TIMEOUT'))
      return fromRequest(upstream.request, failure('TIMEOUT', id, requests.timeoutOf(upstream)));
    if (isFailure(result)) return fromRequest(upstream.request, result);
    if (areAnswersRandom || resource.matches(result, id)) return result;
    return failure('BAD_RESPONSE', id, { message: 'BSG responded about another SMS than the requested one.' });
  }

  return {
    fetch<Value extends BsgValue>(
      fetches: readonly Fetch<Value>[],
      observer: RequestObserver,
      onResult: OnResult<Value>,
      timeoutMs = options.timeoutMs,
    ) {
      const upstreamFor = beginFetches(observer, timeoutMs);
      const gathering = new Gathering<Value | BsgFailure | null>(fetches.length, (result, place) =>
        onResult(resultOf(singles[place] as SingleFetch<Value>, result), place),
      );
      const singles = fetches.map(({ key, knownResult }, place) => {
        const known = areAnswersRandom ? null : knownResult;
        return new SingleFetch({ key, known, upstream: upstreamFor(key), gathering, place });
      });
      const timer = setDeadline(() => gathering.putMissing(null), timeoutMs);
      for (const each of singles) each.begin(massStatus);
      return gathering.ended.finally(() => clearTimeout(timer));
    },
    get massStatus() {
      return massStatus.state;
    },
    dispose: transport.dispose,
  };
}

/** Whether BSG makes up the answers to this key. */
export function hasRandomAnswers(apiKey: string): boolean {
  return apiKey.startsWith('test_');
}
