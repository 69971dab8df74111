import type { Histogram, Registry } from 'prom-client';

type Label = 'operation' | 'type' | 'outcome';
type Exported = Awaited<ReturnType<Histogram<Label>['get']>>;

/** Counts one request; seconds. */
export type CountDuration = (operation: string, type: string, outcome: string, seconds: number) => void;

/** The requests with the same labels. */
interface Series {
  readonly labels: Readonly<Record<Label, string>>;
  /** How many requests are in each bucket and in none before it. */
  readonly counts: number[];
  sum: number;
}

const NAME = 'bsg_graphql_request_duration_seconds';
/** Upper bounds of the buckets. */
const BOUNDS_S = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, Number.POSITIVE_INFINITY];

/**
 * Registers the histogram of the durations of requests, counted in plain numbers. A histogram of prom-client checks and hashes the
 * labels of each observation, which takes 3 % of a request whose response is stored.
 */
export function createRequestDurations(registry: Registry): CountDuration {
  const series = new Map<string, Series>();
  const described = {
    name: NAME,
    help: 'Requests to the GraphQL endpoint; for a subscription, how long it was open.',
    type: 'histogram',
    aggregator: 'sum',
  };
  const get = async () => ({ ...described, values: [...series.values()].flatMap(valuesOf) });
  // A registry needs no more of a metric; its type names the classes of prom-client.
  registry.registerMetric({ name: NAME, get } as unknown as Histogram);

  function seriesOf(operation: string, type: string, outcome: string): Series {
    // None of the three can contain a line feed.
    const key = `${operation}\n${type}\n${outcome}`;
    let known = series.get(key);
    if (known === undefined) {
      known = { labels: { operation, type, outcome }, counts: BOUNDS_S.map(() => 0), sum: 0 };
      series.set(key, known);
    }
    return known;
  }
  return (operation, type, outcome, seconds) => {
    const one = seriesOf(operation, type, outcome);
    const bucket = BOUNDS_S.findIndex((bound) => seconds <= bound);
    one.counts[bucket] = (one.counts[bucket] ?? 0) + 1;
    one.sum += seconds;
  };
}

function valuesOf({ labels, counts, sum }: Series): Exported['values'] {
  let count = 0;
  const buckets = BOUNDS_S.map((bound, at) => {
    count += counts[at] ?? 0;
    const le = bound === Number.POSITIVE_INFINITY ? '+Inf' : bound;
    return { labels: { ...labels, le }, value: count, metricName: `${NAME}_bucket` };
  });
  return [
    ...buckets,
    { labels, value: sum, metricName: `${NAME}_sum` },
    { labels, value: count, metricName: `${NAME}_count` },
  ];
}
