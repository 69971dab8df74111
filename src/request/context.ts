import { randomUUID } from 'node:crypto';
import type { RequestObserver, Tier, UpstreamRequest } from '../bsg/observer.ts';
import type { Caller } from '../security/caller.ts';
import type { RequestHead } from './head.ts';
import type { Operation, Variables } from './operation.ts';

/** Receives what requests cost, for metrics and the log. */
export interface RequestSink {
  onRead(tier: Tier, outcome: string): void;
  onUpstreamRequest(request: UpstreamRequest, requestId: string): void;
}

/** An `X-Request-Id` that needs no escaping in logs and searches. */
const REQUEST_ID = /^[\w.:-]{1,128}$/;
/** W3C Trace Context: version, trace, parent, flags. */
const TRACEPARENT = /^[\da-f]{2}-([\da-f]{32})-[\da-f]{16}-[\da-f]{2}/;
const CACHE_TIERS: ReadonlySet<Tier> = new Set<Tier>(['memory', 'redis', 'stale']);

/**
 * One request, from its first byte to its last. Each part is filled once, and read by whatever comes later: limits, resolvers,
 * spans, metrics and the log.
 */
export class RequestContext implements RequestObserver {
  /** The client's `X-Request-Id`, or a new one. Returned to the client, and passed on to BSG. */
  readonly requestId: string;
  readonly head: RequestHead;
  readonly receivedAtMs = performance.now();
  /** Of the trace that the request is part of (`traceparent`), or of its own span; null where there is none. */
  traceId: string | null;
  /** Whether it reached the GraphQL endpoint: others are those of probes, or have a secret in their path, and are not logged. */
  isForEndpoint = false;
  /** Null until authenticated, and where callers need no token. */
  caller: Caller | null = null;
  /** Null until it is known. */
  operation: Operation | null = null;
  /** The variables of the operation, coerced; null where they are invalid. */
  variables: Variables | null = null;
  /** Lookups that the operation requests. */
  cost = 0;
  /** Whether the rate limiter has been consulted. */
  isCharged = false;
  /** `extensions.code` of the first error in the response; null where there is none. */
  errorCode: string | null = null;
  lookups = 0;
  cacheHits = 0;
  failures = 0;
  upstreamRequests = 0;
  readonly #sink: RequestSink;

  /** For the gate alone, see `createGate`. */
  constructor(head: RequestHead, sink: RequestSink) {
    const given = head.header('x-request-id') ?? '';
    this.head = head;
    this.requestId = REQUEST_ID.test(given) ? given : randomUUID();
    this.traceId = TRACEPARENT.exec(head.header('traceparent') ?? '')?.[1] ?? null;
    this.#sink = sink;
  }

  onRead(tier: Tier, outcome: string): void {
    this.lookups++;
    if (CACHE_TIERS.has(tier)) this.cacheHits++;
    if (outcome !== 'found') this.failures++;
    this.#sink.onRead(tier, outcome);
  }

  onUpstreamRequest(request: UpstreamRequest): void {
    this.upstreamRequests++;
    this.#sink.onUpstreamRequest(request, this.requestId);
  }
}
