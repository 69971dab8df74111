import type { MonotonicClock } from '../monotonic-clock.ts';
import type { CampaignPaths } from './campaign-paths.ts';
import { type Deadline, startDeadline } from './deadline.ts';
import { type Decode, type DecodeContext, decodeObject, decodeResponse } from './decode.ts';
import { type BsgFailure, failure } from './failure.ts';
import { createJsonReader, type ReadJson, type WireObject } from './json.ts';
import type { RequestObserver } from './observer.ts';
import type { Requests } from './request.ts';
import type { Reply, StatusKey, Upstream } from './resource.ts';
import { createTimesReader, type ReadTimes } from './time.ts';
import type { HttpResponse, TransportError } from './transport.ts';

/** Options of {@link createUpstreams}. */
export interface UpstreamsOptions {
  readonly requests: Requests;
  readonly campaignPaths: CampaignPaths;
  /** Removed from whatever BSG says. */
  readonly apiKey: string;
  /** IANA zone in which BSG's times are read. */
  readonly timezone: string;
  /** Clock for durations. */
  readonly now: MonotonicClock;
  /** For the time of an answer; milliseconds since 1970. */
  readonly timeOfDay: () => number;
}

/** Starts the deadline of the fetches that begin together. Returns what opens access to BSG for each of them. */
type BeginFetches = (observer: RequestObserver, timeoutMs: number) => (key: StatusKey) => Upstream;

/** Access to one account. */
export function createUpstreams(options: UpstreamsOptions): BeginFetches {
  const readers = { readJson: createJsonReader(options.apiKey), readTimes: createTimesReader(options.timezone) };
  const access = { ...options, ...readers };
  return (observer, timeoutMs) => {
    const shared = { access, observer, deadline: startDeadline(timeoutMs, options.now) };
    return (key) => new UpstreamOfFetch(key, shared);
  };
}

interface Access extends UpstreamsOptions {
  readonly readJson: ReadJson;
  readonly readTimes: ReadTimes;
}

/** What the fetches that begin together have in common. */
interface Shared {
  readonly access: Access;
  readonly observer: RequestObserver;
  readonly deadline: Deadline;
}

/** A class, and small, as there is one for each id of a batch. */
class UpstreamOfFetch implements Upstream {
  hadItsTurn = false;
  request: object | null = null;
  readonly #key: StatusKey;
  readonly #shared: Shared;

  constructor(key: StatusKey, shared: Shared) {
    this.#key = key;
    this.#shared = shared;
  }

  get subject(): string {
    return this.#key.id;
  }

  get observer(): RequestObserver {
    return this.#shared.observer;
  }

  get deadline(): Deadline {
    return this.#shared.deadline;
  }

  get campaignPaths(): CampaignPaths {
    return this.#shared.access.campaignPaths;
  }

  async get<Value extends object>(path: string, decode: Decode<Value>): Promise<Reply<Value>> {
    const request = { path, body: null, size: 1 };
    const call = { fetches: [this], observer: this.observer, prepare: () => request };
    return this.readResponse(await this.#shared.access.requests.send(call), decode);
  }

  readResponse<Value extends object>(response: HttpResponse | TransportError, decode: Decode<Value>): Reply<Value> {
    if ('code' in response) return { result: failure(response.code, this.subject, response), httpStatus: null };
    const { status, retryAfterSeconds, body } = response;
    const { readJson, timeOfDay } = this.#shared.access;
    const context = this.#contextAt(new Date(timeOfDay()).toISOString());
    return {
      result: decodeResponse({ status, retryAfterSeconds, json: readJson(body) }, decode, context),
      httpStatus: status,
    };
  }

  readObject<Value extends object>(
    wire: WireObject,
    decode: Decode<Value>,
    fetchedAt: string,
  ): Value | BsgFailure | null {
    return decodeObject(wire, decode, this.#contextAt(fetchedAt));
  }

  #contextAt(fetchedAt: string): DecodeContext {
    const { notFoundCode } = this.#key.resource;
    return { subject: this.subject, notFoundCode, readTimes: this.#shared.access.readTimes, fetchedAt };
  }
}
