import { randomUUID } from 'node:crypto';
import {
  type DocumentNode,
  type ExecutionResult,
  type GraphQLError,
  type OperationDefinitionNode,
  OperationTypeNode,
} from 'graphql';
import type { UpstreamRequest } from '../bsg/observer.ts';
import type { Caller } from '../security/caller.ts';
import type { ReadObserver, StatusRead, Tier } from '../statuses/read-observer.ts';
import type { EventStream } from '../transports/event-stream.ts';
import type { RequestHead } from './head.ts';
import type { Operation, Variables } from './operation.ts';

/** Receives what requests cost, for metrics and the log. */
export interface RequestSink {
  onRead(read: StatusRead): void;
  onUpstreamRequest(request: UpstreamRequest, requestId: string): void;
  /** Called for a request that is refused before it begins. */
  onRefused(error: GraphQLError, head: RequestHead): void;
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
export class RequestContext implements ReadObserver {
  /** The client's `X-Request-Id`, or a new one. Returned to the client, and passed on to BSG. */
  readonly requestId: string;
  readonly head: RequestHead;
  readonly receivedAtMs = performance.now();
  /** Of the trace that the request is part of (`traceparent`), or of its own span; null where there is none. */
  traceId: string | null;
  /** Whether it reached the GraphQL endpoint: others are those of probes, or have a secret in their path, and are not logged. */
  isForEndpoint = false;
  /** Size of its body, inflated. 0 until it is read, and for a request made in this process. */
  bodyBytes = 0;
  /** Null until authenticated, and where callers need no token. */
  caller: Caller | null = null;
  /** Whether the caller is authorized to read phone numbers and the texts of campaigns. */
  maySeePersonal = false;
  /** Null until it is known. */
  operation: Operation | null = null;
  /** The parsed query. Null until the operation is known, and for a stored response, which runs nothing. */
  document: DocumentNode | null = null;
  /** The operation in {@link document}; null together with it. */
  definition: OperationDefinitionNode | null = null;
  /** The variables of the operation, coerced; null where they are invalid. */
  variables: Variables | null = null;
  /** Lookups that the operation requests. */
  cost = 0;
  /** Whether it has had its span, where spans are recorded. */
  isTraced = false;
  /** Whether the rate limiter has been consulted. */
  isCharged = false;
  /** The results of a subscription; null for other operations. */
  results: AsyncIterableIterator<ExecutionResult, undefined> | null = null;
  /** The response to a subscription, if that is a stream. */
  stream: EventStream | null = null;
  /** `extensions.code` of the first error in the response; null where there is none. */
  errorCode: string | null = null;
  /** What a query has read so far. Empty for a subscription, which may read for as long as it is open. */
  readonly reads: StatusRead[] = [];
  lookups = 0;
  cacheHits = 0;
  failures = 0;
  upstreamRequests = 0;
  readonly #sink: RequestSink;

  /** For the gate alone, see `createGate`. */
  constructor(head: RequestHead, sink: RequestSink) {
    const given = head.header('x-request-id');
    const parent = head.header('traceparent');
    this.head = head;
    this.requestId = given !== null && REQUEST_ID.test(given) ? given : randomUUID();
    this.traceId = parent === null ? null : (TRACEPARENT.exec(parent)?.[1] ?? null);
    this.#sink = sink;
  }

  onRead(read: StatusRead): void {
    this.lookups++;
    if (CACHE_TIERS.has(read.tier)) this.cacheHits++;
    if (read.outcome !== 'found') this.failures++;
    if (this.operation?.type === OperationTypeNode.QUERY) this.reads.push(read);
    this.#sink.onRead(read);
  }

  onUpstreamRequest(request: UpstreamRequest): void {
    this.upstreamRequests++;
    this.#sink.onUpstreamRequest(request, this.requestId);
  }
}
