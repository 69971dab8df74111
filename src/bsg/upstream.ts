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

/** Opens access to BSG for one fetch and starts its deadline. */
type OpenUpstream = (key: StatusKey, observer: RequestObserver, timeoutMs: number) => Upstream;

/** Access to one account. */
export function createUpstreams(options: UpstreamsOptions): OpenUpstream {
  const readers = { readJson: createJsonReader(options.apiKey), readTimes: createTimesReader(options.timezone) };
  const access = { ...options, ...readers };
  return (key, observer, timeoutMs) =>
    new UpstreamOfFetch(access, key, observer, startDeadline(timeoutMs, options.now));
}

interface Access extends UpstreamsOptions {
  readonly readJson: ReadJson;
  readonly readTimes: ReadTimes;
}

/** A class, as there is one for each id of a batch. */
class UpstreamOfFetch implements Upstream {
  readonly subject: string;
  readonly observer: RequestObserver;
  readonly deadline: Deadline;
  readonly #access: Access;
  readonly #key: StatusKey;

  constructor(access: Access, key: StatusKey, observer: RequestObserver, deadline: Deadline) {
    this.subject = key.id;
    this.observer = observer;
    this.deadline = deadline;
    this.#access = access;
    this.#key = key;
  }

  get campaignPaths(): CampaignPaths {
    return this.#access.campaignPaths;
  }

  async get<Value extends object>(path: string, decode: Decode<Value>): Promise<Reply<Value>> {
    const { deadline, observer } = this;
    const request = { path, body: null, size: 1 };
    const call = { deadlines: [deadline], observer, prepare: () => request };
    return this.readResponse(await this.#access.requests.send(call), decode);
  }

  readResponse<Value extends object>(response: HttpResponse | TransportError, decode: Decode<Value>): Reply<Value> {
    if ('code' in response) return { result: failure(response.code, this.subject, response), httpStatus: null };
    const { status, retryAfterSeconds, body } = response;
    const { readJson, timeOfDay } = this.#access;
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
    return { subject: this.subject, notFoundCode, readTimes: this.#access.readTimes, fetchedAt };
  }
}
