/** Prometheus metrics of the server. */
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import manifest from '../../package.json' with { type: 'json' };
import type { UpstreamRequest } from '../bsg/observer.ts';
import type { ResponseCacheUsage } from '../response-cache/store.ts';
import type { StatusRead } from '../statuses/read-observer.ts';
import { createCounter, createHistogram } from './plain-metrics.ts';

/** Where the gauges are read from, at each scrape. */
export interface MetricSources {
  readonly isBreakerOpen: () => boolean;
  /** Whether BSG turned out not to offer mass status requests. */
  readonly isMassStatusMissing: () => boolean;
  /** Null where no Redis is configured. */
  readonly isRedisUp: (() => boolean) | null;
  /** Messages and campaigns that are polled. */
  readonly pollers: () => number;
  readonly streams: () => number;
  readonly responseCache: () => ResponseCacheUsage;
}

/** One finished request. */
export interface RequestFacts {
  /** Null where no operation ran. */
  readonly operation: { readonly type: string; readonly name: string | null } | null;
  /** `ok`, or the code of the first error. */
  readonly outcome: string;
  readonly seconds: number;
}

/** Metrics as Prometheus reads them. */
export interface MetricsText {
  metrics(): Promise<string>;
  readonly contentType: string;
}

/** The metrics of the server, and how they are observed. */
export interface Metrics {
  onRequest(facts: RequestFacts): void;
  /** One status read: the tier that answered it, and `found` or the code of the failure. */
  onRead(read: Pick<StatusRead, 'tier' | 'outcome'>): void;
  onUpstreamRequest(request: UpstreamRequest): void;
  /** One POST without a stored response. */
  onQueryLookup(isPrepared: boolean): void;
  /** One HTTP response. `route`: see `routeOf`; `malformed` where the request was not legal HTTP. */
  onResponse(route: string, status: number): void;
  readonly registry: Registry;
}

/** Clients choose the names of operations; those beyond so many are counted as `other` (cardinality). */
const MAX_OPERATION_NAMES = 200;
const REQUEST_BOUNDS_S = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const UPSTREAM_BOUNDS_S = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const SIZE_BOUNDS = [1, 2, 5, 10, 25, 50, 75, 100];

/** Metrics of the process, of which there is one. */
const processRegistry = new Registry();
collectDefaultMetrics({ register: processRegistry });

/** The metrics of one server. No label has a value that a client chose but the names of operations, which are bounded. */
export function createMetrics(sources: MetricSources): Metrics {
  const own = new Registry();
  const nameOf = createNameBound(MAX_OPERATION_NAMES);
  const instruments = createInstruments(own);
  createGauges(sources, own);
  createBuildInfo(own);
  return {
    onRequest({ operation, outcome, seconds }) {
      const name = operation === null ? 'none' : nameOf(operation.name ?? 'unnamed');
      instruments.observeRequest(seconds, name, operation?.type ?? 'none', outcome);
    },
    onRead: ({ tier, outcome }) => instruments.countRead(tier, outcome),
    onQueryLookup: (isPrepared) => instruments.countQueryLookup(isPrepared ? 'hit' : 'miss'),
    onResponse: (route, status) => instruments.countResponse(route, String(status)),
    onUpstreamRequest({ route, size, outcome, seconds }) {
      instruments.observeUpstreamRequest(seconds, route, outcome);
      instruments.observeUpstreamSize(size);
    },
    registry: Registry.merge([processRegistry, own]),
  };
}

/** Metrics that are recorded as things happen. */
function createInstruments(registry: Registry) {
  return {
    countRead: createCounter(registry, {
      name: 'bsg_graphql_status_reads_total',
      help: 'Statuses read, by tier (memory, redis, bsg, coalesced, stale, circuit_open) and outcome (found, or the code of the error).',
      labelNames: ['tier', 'outcome'],
    }),
    countQueryLookup: createCounter(registry, {
      name: 'bsg_graphql_prepared_query_lookups_total',
      help: 'POST requests without a stored response, by whether their query is prepared (hit, miss).',
      labelNames: ['outcome'],
    }),
    countResponse: createCounter(registry, {
      name: 'bsg_graphql_http_responses_total',
      help: 'HTTP responses on all paths, by route (malformed where the request was not legal HTTP, other where nothing is) and status.',
      labelNames: ['route', 'status'],
    }),
    observeRequest: createHistogram(registry, {
      name: 'bsg_graphql_request_duration_seconds',
      help: 'Requests to the GraphQL endpoint; for a subscription, how long it was open.',
      labelNames: ['operation', 'type', 'outcome'],
      bounds: REQUEST_BOUNDS_S,
    }),
    observeUpstreamRequest: createHistogram(registry, {
      name: 'bsg_graphql_upstream_request_duration_seconds',
      help: 'Requests to BSG, each attempt on its own.',
      labelNames: ['route', 'outcome'],
      bounds: UPSTREAM_BOUNDS_S,
    }),
    observeUpstreamSize: createHistogram(registry, {
      name: 'bsg_graphql_upstream_request_size',
      help: 'Statuses requested by one request to BSG: 1, or up to 100 by a mass status request.',
      labelNames: [],
      bounds: SIZE_BOUNDS,
    }),
  };
}

/** Metrics that are read at each scrape. */
function createGauges(sources: MetricSources, registry: Registry): void {
  const { isBreakerOpen, isMassStatusMissing, isRedisUp, pollers, streams, responseCache } = sources;
  gauge(
    'bsg_graphql_circuit_breaker_open',
    '1 while the circuit breaker is open: BSG fails, and receives no requests.',
    () => Number(isBreakerOpen()),
    'max',
  );
  gauge(
    'bsg_graphql_mass_status_missing',
    '1 while BSG does not offer POST /sms/getStatus, so that statuses are fetched one by one.',
    () => Number(isMassStatusMissing()),
    'max',
  );
  gauge('bsg_graphql_live_pollers', 'Messages and campaigns that are polled for subscriptions.', pollers);
  gauge('bsg_graphql_live_streams', 'Open subscriptions.', streams);
  gauge('bsg_graphql_response_cache_bytes', 'Memory that stored responses take.', () => responseCache().bytes);
  const lookups: Counter = new Counter({
    name: 'bsg_graphql_response_cache_lookups_total',
    help: 'Requests to the GraphQL endpoint that were looked up in the response cache, by outcome (hit, miss).',
    labelNames: ['outcome'],
    registers: [registry],
    collect() {
      const { hits, misses } = responseCache();
      lookups.reset();
      lookups.inc({ outcome: 'hit' }, hits);
      lookups.inc({ outcome: 'miss' }, misses);
    },
  });
  if (isRedisUp !== null)
    gauge('bsg_graphql_redis_up', '1 while Redis is available.', () => Number(isRedisUp()), 'min');

  /** `aggregator`: how the values of several workers become one. */
  function gauge(name: string, help: string, read: () => number, aggregator: 'sum' | 'min' | 'max' = 'sum'): void {
    const collect = () => metric.set(read());
    const metric: Gauge = new Gauge({ name, help, registers: [registry], aggregator, collect });
  }
}

function createBuildInfo(registry: Registry): void {
  const described = { name: 'bsg_graphql_build_info', help: '1, with the version of the server as a label.' };
  const gauge = new Gauge({ ...described, labelNames: ['version'], registers: [registry], aggregator: 'max' });
  gauge.set({ version: manifest.version }, 1);
}

function createNameBound(most: number): (name: string) => string {
  const names = new Set<string>();
  return (name) => {
    if (!names.has(name) && names.size >= most) return 'other';
    names.add(name);
    return name;
  };
}
