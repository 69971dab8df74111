import { LRUCache } from 'lru-cache';
import type { RequestContext } from '../request/context.ts';
import type { Operation } from '../request/operation.ts';
import type { StatusRead } from '../statuses/read-observer.ts';
import { type FreshEntryOf, isValid } from './validity.ts';

/** By their names in lower case, in the order in which they are sent. */
export type ResponseHeaders = Readonly<Record<string, string>>;

/** A complete response, and what is needed to serve it again. */
export interface StoredResponse {
  /** The bytes of the body, each as one character (Latin-1). */
  readonly body: string;
  readonly headers: ResponseHeaders;
  readonly operation: Operation;
  /** What the rate limit is charged. */
  readonly cost: number;
  /** Every read behind the response. */
  readonly reads: readonly StatusRead[];
}

/** A response that may be stored, see `isStorable`. */
export interface StorableResponse {
  readonly request: Pick<RequestContext, 'operation' | 'cost' | 'reads'>;
  /** The body. */
  readonly text: string;
  readonly headers: ResponseHeaders;
}

/** Options of {@link createResponseStore}. */
export interface ResponseStoreOptions {
  /** Upper bound of the memory that keys and responses take. */
  readonly maxBytes: number;
  readonly freshEntryOf: FreshEntryOf;
}

/** The responses in this process's memory, by their requests. */
export interface ResponseStore {
  /** The response to a request, valid or not; null where there is none. */
  find(key: string): StoredResponse | null;
  /** Whether the response is still valid; if not, it is removed. */
  validate(key: string, response: StoredResponse): boolean;
  set(key: string, response: StorableResponse): void;
  /** For the metrics. */
  readonly usage: ResponseCacheUsage;
}

/** Metrics of a response store. */
export interface ResponseCacheUsage {
  readonly hits: number;
  readonly misses: number;
  readonly bytes: number;
}

/** The maps and objects around one response, and for each read its key, its record and an entry that may be evicted elsewhere. */
const RESPONSE_OVERHEAD_BYTES = 1_024;
const READ_OVERHEAD_BYTES = 1_024;

/** Empty at first. The least recently used responses are evicted first, and one that is not valid when it is found. */
export function createResponseStore({ maxBytes, freshEntryOf }: ResponseStoreOptions): ResponseStore {
  const responses = new LRUCache<string, StoredResponse>({ maxSize: maxBytes, sizeCalculation: sizeOf });
  const counts = { hits: 0, misses: 0 };
  return {
    find(key) {
      const response = responses.get(key) ?? null;
      if (response === null) counts.misses++;
      return response;
    },
    validate(key, { reads }) {
      const isHit = isValid(reads, freshEntryOf);
      counts[isHit ? 'hits' : 'misses']++;
      if (!isHit) responses.delete(key);
      return isHit;
    },
    set(key, { request: { operation, cost, reads }, text, headers }) {
      if (operation === null) return;
      responses.set(key, { body: Buffer.from(text).toString('latin1'), headers, operation, cost, reads });
    },
    get usage() {
      return { ...counts, bytes: responses.calculatedSize };
    },
  };
}

function sizeOf({ body, reads }: StoredResponse, key: string): number {
  return key.length + body.length + RESPONSE_OVERHEAD_BYTES + reads.length * READ_OVERHEAD_BYTES;
}
