import type { BsgValue, Resource, StatusKey } from './resource.ts';

/** A map by keys of statuses. It looks them up by resource and id, so that no read has to make {@link StatusKey.text}. */
export class KeyMap<Item> {
  readonly #byResource = new Map<Resource, Map<string, Item>>();

  get<Value extends BsgValue>({ resource, canonicalId }: StatusKey<Value>): Item | null {
    return this.#byResource.get(resource)?.get(canonicalId) ?? null;
  }

  set(key: StatusKey, item: Item): void {
    let items = this.#byResource.get(key.resource);
    if (items === undefined) {
      items = new Map();
      this.#byResource.set(key.resource, items);
    }
    items.set(key.canonicalId, item);
  }

  delete(key: StatusKey): void {
    this.#byResource.get(key.resource)?.delete(key.canonicalId);
  }

  /** A copy of all items, so that the map may change meanwhile. */
  values(): readonly Item[] {
    return [...this.#byResource.values()].flatMap((items) => [...items.values()]);
  }
}
