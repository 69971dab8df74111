/** What a resource is: one kind of lookup, its keys and its values. */
import { isDeepStrictEqual } from 'node:util';
import type { z } from 'zod';
import type { CampaignPaths } from './campaign-paths.ts';
import type { BsgErrorCode } from './codes.ts';
import type { Sent } from './deadline.ts';
import type { Decode } from './decode.ts';
import { type BsgFailure, isFailure } from './failure.ts';
import type { WireObject } from './json.ts';
import type { RequestObserver } from './observer.ts';
import { ownText } from './own-text.ts';
import type { Sms } from './sms.ts';
import type { HttpResponse, TransportError } from './transport.ts';

/** What BSG answers with: immutable, and dated. */
export interface BsgValue {
  readonly kind: string;
  /** When BSG gave this answer; RFC 3339 in UTC. */
  readonly fetchedAt: string;
  /** Set by a read that served the value because BSG could not be reached (stale-if-error); no cached value has it. */
  readonly isStale?: boolean;
}

/**
 * One kind of lookup, such as an SMS by its id: everything that the client, the cache, the loaders and the pollers need to
 * know about it. `resources.ts` lists them all.
 */
export interface Resource<Value extends BsgValue = BsgValue> {
  /** First part of its keys, such as `sms` in `sms:211`. Unique. */
  readonly name: string;
  /** Shape of its values. Values from a shared cache are validated by it, and a change of it changes the version of all keys. */
  readonly schema: z.ZodType<Value>;
  /** The failure of an id that nothing has. */
  readonly notFoundCode: BsgErrorCode;
  /** Null for a well-formed id, else the failure that says what is wrong with it. */
  validate(id: string): BsgFailure | null;
  /** The one spelling of the ids that BSG treats as equal, such as `7` for `007`. A malformed id is returned unchanged. */
  canonicalId(id: string): string;
  /** For values that a mass answer can tell. */
  readonly mass?: MassLookup<Value>;
  /** Fetches one value on its own. `id` has passed {@link Resource.validate}; `known` is the result of an earlier fetch. */
  fetch(id: string, upstream: Upstream, known: Value | BsgFailure | null): Promise<Value | BsgFailure>;
  /** Whether the value is about this id, and not about another message. */
  matches(value: Value, id: string): boolean;
  /** The other keys under which the value can be read. */
  aliases(value: Value): readonly StatusKey<Value>[];
  /** Whether the value has reached its end: it gets the final TTL, and subscriptions to it end. */
  isFinal(value: Value): boolean;
  /** Upper bound of the TTL of a final value; milliseconds. @default the configured TTL */
  maxFinalTtlMs?(value: Value): number;
  /** Whether a later value that is not final may replace a final one. */
  readonly canRevert: boolean;
  /** Whether two values differ in nothing that the schema shows, `fetchedAt` aside. */
  equals(a: Value, b: Value): boolean;
  /** For values that depend on those read before them. */
  readonly history?: ResourceHistory<Value>;
}

/** How a value is read from the answer to a request for many messages. `id` has passed {@link Resource.validate}. */
export interface MassLookup<Value extends BsgValue> {
  /** The id of the message that tells it; null where it is not known. */
  idOf(id: string, known: Value | BsgFailure | null): string | null;
  /** What that message tells, which is null where the answer leaves it out; null: nothing, so that it is fetched on its own. */
  resultOf(message: Sms | BsgFailure | null, id: string, known: Value | BsgFailure | null): Value | BsgFailure | null;
}

/** How long resources keep values for their history: a day, for a page that is opened daily. */
export const HISTORY_MS = 24 * 60 * 60_000;

/** How a value depends on the one fetched before it, by any instance. */
export interface ResourceHistory<Value extends BsgValue> {
  /** The fetched value, with what it lacks taken from the previous one. Pure. */
  carryOver(value: Value, previous: Value): Value;
  /** How long a value is kept for that, also when it is no longer served; milliseconds. */
  readonly keepMs: number;
}

/** Access to BSG for one fetch. */
export interface Upstream extends Sent {
  /** The id, reference or task id as requested. */
  readonly subject: string;
  readonly observer: RequestObserver;
  /** Sends `GET {path}`, retries included, and decodes the response. */
  get<Value extends object>(path: string, decode: Decode<Value>): Promise<Reply<Value>>;
  /** Decodes the response to a request, or the error in its place. */
  readResponse<Value extends object>(response: HttpResponse | TransportError, decode: Decode<Value>): Reply<Value>;
  /** Decodes one object of a response that came at `fetchedAt`; null for an unreadable one. */
  readObject<Value extends object>(
    wire: WireObject,
    decode: Decode<Value>,
    fetchedAt: string,
  ): Value | BsgFailure | null;
  /** Which of BSG's paths answers for campaigns. */
  readonly campaignPaths: CampaignPaths;
}

/** The decoded response to one request. */
export interface Reply<Value> {
  readonly result: Value | BsgFailure;
  /** Null where there was no HTTP response. */
  readonly httpStatus: number | null;
}

/** The key of one value that can be read: a resource and an id within it. */
export class StatusKey<Value extends BsgValue = BsgValue> {
  readonly resource: Resource<Value>;
  /** As requested. */
  readonly id: string;
  /** The same for all spellings of an id. */
  readonly canonicalId: string;
  #text: string | null = null;

  /** For an id with memory of its own, such as that of a cached value. For any other call {@link keyOf}. */
  constructor(resource: Resource<Value>, id: string) {
    this.resource = resource;
    this.id = id;
    this.canonicalId = resource.canonicalId(id);
  }

  /** The key as text, such as `sms:211`: in Redis, on the bus and in small maps. Made when it is first read, as most keys need none. */
  get text(): string {
    // Joined, so that it is a plain text; see `own-text.ts`.
    this.#text ??= [this.resource.name, this.canonicalId].join(':');
    return this.#text;
  }

  /** Whether both are keys of the same value. */
  equals({ resource, canonicalId }: StatusKey): boolean {
    return canonicalId === this.canonicalId && resource === this.resource;
  }
}

/** The key of one value. It keeps nothing of the text that the id was a part of, as keys are cached. */
export function keyOf<Value extends BsgValue>(resource: Resource<Value>, part: string): StatusKey<Value> {
  return new StatusKey(resource, ownText(part));
}

/** The result for this spelling of the id: a failure gets the id as requested as its `subject`. */
export function asRequested<Value extends BsgValue>(
  result: Value | BsgFailure,
  { resource, id, canonicalId }: StatusKey<Value>,
): Value | BsgFailure {
  if (!isFailure(result) || result.subject === id || resource.canonicalId(result.subject) !== canonicalId)
    return result;
  return { ...result, subject: id };
}

/** For {@link Resource.equals}: compares all fields but `fetchedAt`. */
export function equalsApartFromFetchedAt<Value extends BsgValue>(a: Value, b: Value): boolean {
  return isDeepStrictEqual({ ...a, fetchedAt: null }, { ...b, fetchedAt: null });
}
