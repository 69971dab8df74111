import { createCampaignPaths } from './campaign-paths.ts';
import { type Decode, decodeResponse } from './decode.ts';
import { type BsgFailure, failure, isFailure } from './failure.ts';
import { noObserver, type RequestObserver } from './observer.ts';
import { createRequest } from './request.ts';
import type { BsgValue, Reply, StatusKey } from './resource.ts';
import { createTimesReader } from './time.ts';
import { createTransport } from './transport.ts';

/** Options of {@link createBsgClient}. */
export interface BsgClientOptions {
  /** Such as `https://api.bsg.world/rest`, without a slash at the end. */
  readonly baseUrl: string;
  readonly apiKey: string;
  /** IANA zone in which BSG's times are read, such as `Europe/Kyiv`. */
  readonly timezone: string;
  /** The one path for campaigns, with `{task_id}` in it; null: auto-detected. */
  readonly campaignPath: string | null;
  /** Deadline of one fetch with all its attempts; milliseconds. */
  readonly timeoutMs: number;
  /** Attempts after the first. */
  readonly retries: number;
  /** Requests in flight at once. */
  readonly maxConcurrency: number;
  /** Clock; milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
  /** From 0 up to 1; spreads retries. @default Math.random */
  readonly random?: () => number;
}

/** The only way to BSG. */
export interface BsgClient {
  /** Fetches one value. Failures are values: it rejects only on a bug. A malformed id is a failure without a request. */
  fetch<Value extends BsgValue>(key: StatusKey<Value>, observer?: RequestObserver): Promise<Value | BsgFailure>;
  /** Closes the idle connections. Call it when nothing is in flight any more. */
  dispose(): void;
}

/** A shorter key is no secret, and may be part of any text. */
const MIN_SECRET_LENGTH = 8;

/** A client of one BSG account. */
export function createBsgClient(options: BsgClientOptions): BsgClient {
  const { apiKey, timeoutMs, now = Date.now, random = Math.random } = options;
  const transport = createTransport({ ...options, now });
  const send = createRequest({ ...options, transport, now, random });
  const readTimes = createTimesReader(options.timezone);
  const campaignPaths = createCampaignPaths(options.campaignPath);
  // A test key gets random answers, so one about another message is expected.
  const areAnswersRandom = hasRandomAnswers(apiKey);

  function upstreamFor({ resource, id: subject }: StatusKey, observer: RequestObserver) {
    const { notFoundCode } = resource;
    const deadlineMs = now() + timeoutMs;
    async function get<Value extends object>(path: string, decode: Decode<Value>): Promise<Reply<Value>> {
      const response = await send(path, deadlineMs, observer);
      if ('code' in response) return { result: failure(response.code, subject, response), httpStatus: null };
      const fetchedAt = new Date(now()).toISOString();
      const result = decodeResponse(response, decode, { subject, notFoundCode, readTimes, fetchedAt });
      return { result: redact(result, apiKey), httpStatus: response.status };
    }
    return { get, campaignPaths };
  }

  return {
    async fetch(key, observer = noObserver) {
      const { resource, id } = key;
      const invalid = resource.validate(id);
      if (invalid !== null) return invalid;
      const result = await resource.fetch(id, upstreamFor(key, observer));
      if (isFailure(result) || areAnswersRandom || resource.matches(result, id)) return result;
      return failure('BAD_RESPONSE', id, { message: 'BSG responded about another SMS than the requested one.' });
    },
    dispose: transport.dispose,
  };
}

/** Whether BSG makes up the answers to this key. */
export function hasRandomAnswers(apiKey: string): boolean {
  return apiKey.startsWith('test_');
}

/** Removes the key from whatever BSG says. After decoding, as JSON can write the key in many ways. */
function redact<Result extends object>(result: Result, apiKey: string): Result {
  if (apiKey.length < MIN_SECRET_LENGTH) return result;
  if (!Object.values(result).some((value) => String(value).includes(apiKey))) return result;
  const redacted = Object.entries(result).map(([name, value]) => [
    name,
    typeof value === 'string' ? value.replaceAll(apiKey, '(key)') : value,
  ]);
  return Object.fromEntries(redacted) as Result;
}
