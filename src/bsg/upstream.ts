import type { CampaignPaths } from './campaign-paths.ts';
import { startDeadline } from './deadline.ts';
import { decodeObject, decodeResponse } from './decode.ts';
import { failure } from './failure.ts';
import type { MassStatus } from './mass-status.ts';
import type { RequestObserver } from './observer.ts';
import type { Requests } from './request.ts';
import type { StatusKey, Upstream } from './resource.ts';
import { createTimesReader } from './time.ts';

/** Options of {@link createUpstreams}. */
export interface UpstreamsOptions {
  readonly requests: Requests;
  readonly campaignPaths: CampaignPaths;
  readonly massStatus: MassStatus;
  /** Removed from whatever BSG says. */
  readonly apiKey: string;
  /** IANA zone in which BSG's times are read. */
  readonly timezone: string;
  /** Deadline of one fetch; milliseconds. */
  readonly timeoutMs: number;
  /** Clock; milliseconds since 1970. */
  readonly now: () => number;
}

/** A shorter key is no secret, and may be part of any text. */
const MIN_SECRET_LENGTH = 8;

/** Returns a function that opens access to BSG for one fetch and starts its deadline. */
export function createUpstreams(options: UpstreamsOptions): (key: StatusKey, observer: RequestObserver) => Upstream {
  const { requests, campaignPaths, massStatus, apiKey, timeoutMs, now } = options;
  const readTimes = createTimesReader(options.timezone);

  return ({ resource: { notFoundCode }, id: subject }, observer) => {
    const deadline = startDeadline(timeoutMs, now);
    const context = () => ({ subject, notFoundCode, readTimes, fetchedAt: new Date(now()).toISOString() });
    const upstream: Upstream = {
      subject,
      observer,
      deadline,
      async get(path, decode) {
        const request = { path, body: null, size: 1 };
        const response = await requests.send({ deadlines: [deadline], observer, prepare: () => request });
        return upstream.readResponse(response, decode);
      },
      readResponse(response, decode) {
        if ('code' in response) return { result: failure(response.code, subject, response), httpStatus: null };
        return { result: redact(decodeResponse(response, decode, context()), apiKey), httpStatus: response.status };
      },
      readObject(wire, decode) {
        const result = decodeObject(wire, decode, context());
        return result === null ? null : redact(result, apiKey);
      },
      campaignPaths,
      massStatus,
    };
    return upstream;
  };
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
