import { randomUUID } from 'node:crypto';
import { type ExecutionArgs, getOperationAST } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { RequestObserver, Tier, UpstreamRequest } from '../bsg/observer.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';

/** The headers of a request, by their names in small letters. */
export type HeaderReader = (name: string) => string | null | undefined;

/** One request, from its first byte to its last: what the log and the metrics tell of it. */
export interface Exchange extends RequestObserver {
  /** The caller's own `X-Request-Id`, or a new one. Returned to it, and passed on to BSG. */
  readonly requestId: string;
  /** Of the trace that the request is part of (`traceparent`); null where there is none. */
  traceId: string | null;
  caller: string | null;
  /** Null until one runs; its name is null where it has none, or none that a person would give. */
  operation: { readonly type: string; readonly name: string | null } | null;
  /** Whether it came to the endpoint: others are asked by probes, or have a secret in their path, and are not told of. */
  isForEndpoint: boolean;
  /** The code of the first error; null where there was none. */
  fault: string | null;
  /** Tells of it, once it is over. A subscription that its reader leaves is over, not aborted. */
  end(status: number, isCutOff: boolean): void;
}

/** Where the facts go. */
export interface ExchangeOptions {
  readonly log: Log;
  readonly metrics: Metrics;
  /** Milliseconds; only differences count. */
  readonly now: () => number;
}

/** One that a person may paste into a search, and nothing that would have to be escaped. */
const REQUEST_ID = /^[\w.:-]{1,128}$/;
/** W3C Trace Context: version, trace, parent, flags. */
const TRACEPARENT = /^[\da-f]{2}-([\da-f]{32})-[\da-f]{16}-[\da-f]{2}/;
/** What was known before it was asked for. */
const CACHE_TIERS: ReadonlySet<Tier> = new Set<Tier>(['memory', 'redis', 'stale']);

/** Begins an exchange at a request's first byte. */
export function beginExchange(header: HeaderReader, { log, metrics, now }: ExchangeOptions): Exchange {
  const startedAtMs = now();
  const given = header('x-request-id') ?? '';
  const count = { lookUps: 0, cacheHits: 0, failures: 0, upstreamCalls: 0 };
  return {
    requestId: REQUEST_ID.test(given) ? given : randomUUID(),
    traceId: TRACEPARENT.exec(header('traceparent') ?? '')?.[1] ?? null,
    caller: null,
    operation: null,
    isForEndpoint: false,
    fault: null,
    onRead(tier, outcome) {
      count.lookUps++;
      if (CACHE_TIERS.has(tier)) count.cacheHits++;
      if (outcome !== 'found') count.failures++;
      metrics.onRead(tier, outcome);
    },
    onUpstreamRequest(call: UpstreamRequest) {
      count.upstreamCalls++;
      metrics.onUpstreamRequest(call);
      if (call.cause !== null) log.warn({ requestId: this.requestId, ...call }, 'A call to BSG has failed.');
    },
    end(status, isCutOff) {
      const { requestId, traceId, caller, operation, isForEndpoint, fault } = this;
      if (!isForEndpoint) return;
      const durationMs = Math.round((now() - startedAtMs) * 10) / 10;
      const isAborted = isCutOff && operation?.type !== 'subscription';
      const outcome = isAborted ? 'ABORTED' : (fault ?? (status < 400 ? 'ok' : `HTTP_${status}`));
      metrics.onRequest({ operation, outcome, seconds: durationMs / 1_000 });
      log.info({ requestId, traceId, caller, operation, status, outcome, durationMs, ...count }, 'request');
    },
  };
}

/** A longer name, or one with the digits of a phone in it, is not one that a person has given to an operation. */
const OPERATION_NAME = /^(?!.*\d{7})\w{1,64}$/;

/** Notes what an exchange is about: its operation, its fault, and hands its id back. Has to be the first to see an operation. */
export function useExchanges(): Plugin<{ readonly exchange: Exchange }, { readonly exchange: Exchange }> {
  function note({ document, operationName, contextValue }: ExecutionArgs): void {
    const operation = getOperationAST(document, operationName);
    const { exchange } = contextValue as { exchange: Exchange };
    if (operation != null) {
      const name = operation.name?.value ?? '';
      exchange.operation = { type: operation.operation, name: OPERATION_NAME.test(name) ? name : null };
    }
  }
  return {
    onRequestParse({ serverContext: { exchange } }) {
      exchange.isForEndpoint = true;
    },
    onExecute: ({ args }) => note(args),
    onSubscribe: ({ args }) => note(args),
    onResultProcess({ result, serverContext: { exchange } }) {
      const [error] = 'errors' in result ? (result.errors ?? []) : [];
      if (error !== undefined) exchange.fault = String(error.extensions?.['code'] ?? 'UNKNOWN');
    },
    onResponse({ response, serverContext }) {
      response.headers.set('x-request-id', serverContext.exchange.requestId);
    },
  };
}
