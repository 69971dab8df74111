import DataLoader from 'dataloader';
import { type BsgFailure, isFailure } from '../bsg/failure.ts';
import { asRequested, type BsgValue, keyOf, type Resource } from '../bsg/resource.ts';
import type { ReadObserver } from '../statuses/read-observer.ts';
import type { Statuses } from '../statuses/statuses.ts';

/** The reads of one GraphQL request. A failure is a value here, so that it does not affect the other reads. */
export interface Loaders {
  /** Reads a value: each key once per request, and distinct keys together. */
  load<Value extends BsgValue>(resource: Resource<Value>, id: string): Promise<Value | BsgFailure>;
}

type Loader = DataLoader<string, BsgValue | BsgFailure>;

/** Loaders for one request. A value found by one of its keys is known by its aliases from then on. */
export function createLoaders(statuses: Pick<Statuses, 'getAll'>, observer?: ReadObserver): Loaders {
  const loaders = new Map<Resource, Loader>();
  /** All values so far: a loader that is not there yet gets those that have aliases for it. */
  const found: { readonly resource: Resource; readonly value: BsgValue }[] = [];

  function loaderOf(resource: Resource): Loader {
    let loader = loaders.get(resource);
    if (loader === undefined) {
      loader = new DataLoader((ids) => read(resource, ids));
      loaders.set(resource, loader);
      for (const each of found) prime(each.resource, each.value);
    }
    return loader;
  }

  async function read(resource: Resource, ids: readonly string[]): Promise<readonly (BsgValue | BsgFailure)[]> {
    const keys = ids.map((id) => keyOf(resource, id));
    const results = await statuses.getAll(keys, observer);
    for (const value of results) {
      if (isFailure(value)) continue;
      found.push({ resource, value });
      if (loaders.size > 1) prime(resource, value);
    }
    return results;
  }

  function prime(resource: Resource, value: BsgValue): void {
    for (const alias of resource.aliases(value)) loaders.get(alias.resource)?.prime(alias.id, value);
  }

  return {
    load<Value extends BsgValue>(resource: Resource<Value>, id: string) {
      const canonicalId = resource.canonicalId(id);
      const result = loaderOf(resource).load(canonicalId) as Promise<Value | BsgFailure>;
      return id === canonicalId ? result : result.then((each) => asRequested(each, keyOf(resource, id)));
    },
  };
}
