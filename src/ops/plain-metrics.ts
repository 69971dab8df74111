/**
 * Counters and histograms that count in plain numbers, of which they make metrics at each scrape. Those of prom-client check and
 * hash the labels of each observation, which takes 3 % of a request whose response is stored.
 */
import type { Counter, Registry } from 'prom-client';

/** A metric, and the names of its labels. */
export interface Described {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
}

/** One line of a metric. Without a name it has that of the metric. */
interface Sample {
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
  readonly metricName?: string;
}

/** Registers a counter. Returns the function that counts one, with the values of its labels in their order. */
export function createCounter(registry: Registry, described: Described): (...labels: readonly string[]) => void {
  const series = createSeries(described.labelNames, (labels) => ({ labels, value: 0 }));
  register(registry, described, 'counter', () => series.all);
  return (...labels) => {
    series.of(labels).value++;
  };
}

/** Registers a histogram. Returns the function that observes a value, with the values of its labels in their order. */
export function createHistogram(
  registry: Registry,
  { bounds, ...described }: Described & { readonly bounds: readonly number[] },
): (value: number, ...labels: readonly string[]) => void {
  const upperBounds = [...bounds, Number.POSITIVE_INFINITY];
  const series = createSeries(described.labelNames, (labels) => ({
    labels,
    /** How many values are in each bucket and in none before it. */
    counts: upperBounds.map(() => 0),
    sum: 0,
  }));
  type Series = (typeof series.all)[number];

  function samplesOf({ labels, counts, sum }: Series): Sample[] {
    let count = 0;
    const buckets = upperBounds.map((bound, at) => {
      count += counts[at] ?? 0;
      const le = bound === Number.POSITIVE_INFINITY ? '+Inf' : bound;
      return { labels: { ...labels, le }, value: count, metricName: `${described.name}_bucket` };
    });
    const total = { labels, value: sum, metricName: `${described.name}_sum` };
    return [...buckets, total, { labels, value: count, metricName: `${described.name}_count` }];
  }
  register(registry, described, 'histogram', () => series.all.flatMap(samplesOf));
  return (value, ...labels) => {
    const one = series.of(labels);
    const bucket = upperBounds.findIndex((bound) => value <= bound);
    one.counts[bucket] = (one.counts[bucket] ?? 0) + 1;
    one.sum += value;
  };
}

/** A registry needs no more of a metric than this; its type names the classes of prom-client. */
function register(registry: Registry, { name, help }: Described, type: string, samples: () => readonly Sample[]): void {
  const get = async () => ({ name, help, type, aggregator: 'sum', values: samples() });
  registry.registerMetric({ name, get } as unknown as Counter);
}

/** What is counted by the values of its labels, which are looked up one by one: a key of all would have to be hashed each time. */
class Level<T> {
  readonly next = new Map<string, Level<T>>();
  counted: T | null = null;
}

/** What is counted for each combination of labels, made when it is first needed. */
function createSeries<T>(labelNames: readonly string[], make: (labels: Readonly<Record<string, string>>) => T) {
  const root = new Level<T>();
  const all: T[] = [];
  // What has no labels is exported as 0 before anything is counted.
  if (labelNames.length === 0) add(root, []);
  function add(level: Level<T>, labels: readonly string[]): T {
    level.counted = make(Object.fromEntries(labelNames.map((name, at) => [name, labels[at] ?? ''])));
    all.push(level.counted);
    return level.counted;
  }
  return {
    all,
    of(labels: readonly string[]): T {
      let level = root;
      for (const label of labels) {
        let next = level.next.get(label);
        if (next === undefined) {
          next = new Level();
          level.next.set(label, next);
        }
        level = next;
      }
      return level.counted ?? add(level, labels);
    },
  };
}
