import type { BsgValue, Resource, StatusKey } from '../bsg/resource.ts';

/** One for each character of an id; a longer id, which only BSG can have, uses them again. */
const FACTORS = 64;

/**
 * The keys in a cache, each with a slot from 1 up: at most so many, and the least recently used one gives its slot to a new key. A
 * hash table that has no object for a key, and compares texts only where their hashes are equal: see `docs/decisions/cache.md`.
 */
export class RecentKeys {
  readonly #maxKeys: number;
  readonly #ids = [''];
  readonly #resources: (Resource | null)[] = [null];
  readonly #hashes: Int32Array;
  /** By the first bits of a hash: the first key that has them. 0 ends the list. */
  readonly #buckets: Uint32Array;
  readonly #nextInBucket: Uint32Array;
  readonly #hashShift: number;
  /** The slot that was used before this one. With `#newer` a circle through slot 0, which no key has: before it is the newest. */
  readonly #older: Uint32Array;
  /** The slot that was used after this one. */
  readonly #newer: Uint32Array;
  /** Random, so that nobody can choose ids that share a bucket. */
  readonly #factors = crypto.getRandomValues(new Int32Array(FACTORS + 1));

  constructor(maxKeys: number) {
    const hashBits = Math.max(1, Math.ceil(Math.log2(maxKeys)));
    this.#maxKeys = maxKeys;
    this.#hashShift = 32 - hashBits;
    this.#buckets = new Uint32Array(2 ** hashBits);
    this.#hashes = new Int32Array(maxKeys + 1);
    this.#nextInBucket = new Uint32Array(maxKeys + 1);
    this.#older = new Uint32Array(maxKeys + 1);
    this.#newer = new Uint32Array(maxKeys + 1);
  }

  /** The slot of a key; 0 where it has none. */
  slotOf<Value extends BsgValue>(key: StatusKey<Value>): number {
    return this.#find(key, this.#hashOf(key.canonicalId));
  }

  /** The slot of a key that is used now, which gets one where it has none. */
  assign<Value extends BsgValue>(key: StatusKey<Value>): number {
    const hash = this.#hashOf(key.canonicalId);
    const slot = this.#find(key, hash);
    if (slot === 0) return this.#add(key, hash);
    // That of the value which is cached now, as another one would be kept beside it.
    this.#ids[slot] = key.canonicalId;
    this.touch(slot);
    return slot;
  }

  /** Counts a use of the key in a slot. */
  touch(slot: number): void {
    if (slot === this.#older[0]) return;
    this.#unlink(slot);
    this.#linkAsNewest(slot);
  }

  #find<Value extends BsgValue>({ resource, canonicalId }: StatusKey<Value>, hash: number): number {
    let slot = this.#buckets[hash >>> this.#hashShift] ?? 0;
    while (
      slot !== 0 &&
      (this.#hashes[slot] !== hash || this.#ids[slot] !== canonicalId || this.#resources[slot] !== resource)
    )
      slot = this.#nextInBucket[slot] ?? 0;
    return slot;
  }

  #add<Value extends BsgValue>({ resource, canonicalId }: StatusKey<Value>, hash: number): number {
    const slot = this.#ids.length <= this.#maxKeys ? this.#ids.length : this.#evict();
    const bucket = hash >>> this.#hashShift;
    this.#ids[slot] = canonicalId;
    this.#resources[slot] = resource;
    this.#hashes[slot] = hash;
    this.#nextInBucket[slot] = this.#buckets[bucket] ?? 0;
    this.#buckets[bucket] = slot;
    this.#linkAsNewest(slot);
    return slot;
  }

  /** Returns the slot that is free now. */
  #evict(): number {
    const evicted = this.#newer[0] ?? 0;
    this.#unlink(evicted);
    const bucket = (this.#hashes[evicted] ?? 0) >>> this.#hashShift;
    const next = this.#nextInBucket[evicted] ?? 0;
    let previous = this.#buckets[bucket] ?? 0;
    if (previous === evicted) this.#buckets[bucket] = next;
    else {
      while (this.#nextInBucket[previous] !== evicted) previous = this.#nextInBucket[previous] ?? 0;
      this.#nextInBucket[previous] = next;
    }
    return evicted;
  }

  #unlink(slot: number): void {
    const older = this.#older[slot] ?? 0;
    const newer = this.#newer[slot] ?? 0;
    this.#older[newer] = older;
    this.#newer[older] = newer;
  }

  #linkAsNewest(slot: number): void {
    const newest = this.#older[0] ?? 0;
    this.#older[slot] = newest;
    this.#newer[slot] = 0;
    this.#newer[newest] = slot;
    this.#older[0] = slot;
  }

  /**
   * The function "Multilinear" of the paper "Strongly universal string hashing is fast" (2014): whichever two ids of Latin-1
   * characters a caller chooses, the first 25 bits of their hashes are equal by chance alone.
   */
  #hashOf(id: string): number {
    let hash = this.#factors[FACTORS] ?? 0;
    for (let i = 0; i < id.length; i++)
      hash = (hash + Math.imul(this.#factors[i % FACTORS] ?? 0, id.charCodeAt(i))) | 0;
    return hash;
  }
}
