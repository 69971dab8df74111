import type { BsgValue, Resource, StatusKey } from '../bsg/resource.ts';

/** One for each character of an id: those that callers can choose have 50 at most. */
const FACTORS = 64;

/**
 * The keys in a cache, each with a number from 1 up: at most so many, and the least recently used one gives its number to a new
 * key. A hash table that has no object for a key, and compares texts only where their hashes are equal: see
 * `docs/decisions/cache.md`.
 */
export class RecentKeys {
  readonly #maxKeys: number;
  readonly #ids = [''];
  readonly #resources: (Resource | null)[] = [null];
  readonly #hashes: Uint32Array;
  /** A bucket is a list of keys whose hashes begin with the same bits. 0 ends it. */
  readonly #buckets: Uint32Array;
  readonly #nextInBucket: Uint32Array;
  readonly #hashShift: number;
  /** For each key the one that was used last before it, and for 0 the most recently used one. */
  readonly #older: Uint32Array;
  /** For each key the one that was used next after it, and for 0 the least recently used one. */
  readonly #newer: Uint32Array;
  /** Random, so that nobody can choose ids that share a bucket. */
  readonly #factors = crypto.getRandomValues(new Uint32Array(FACTORS + 1));

  constructor(maxKeys: number) {
    const hashBits = Math.max(1, Math.ceil(Math.log2(maxKeys)));
    this.#maxKeys = maxKeys;
    this.#hashShift = 32 - hashBits;
    this.#buckets = new Uint32Array(2 ** hashBits);
    this.#hashes = new Uint32Array(maxKeys + 1);
    this.#nextInBucket = new Uint32Array(maxKeys + 1);
    this.#older = new Uint32Array(maxKeys + 1);
    this.#newer = new Uint32Array(maxKeys + 1);
  }

  /** The number of a key; 0 where it has none. */
  numberOf<Value extends BsgValue>(key: StatusKey<Value>): number {
    return this.#find(key, this.#hashOf(key.canonicalId));
  }

  /** The number of a key that is used now, which gets one where it has none. */
  assign<Value extends BsgValue>(key: StatusKey<Value>): number {
    const hash = this.#hashOf(key.canonicalId);
    const number = this.#find(key, hash);
    if (number === 0) return this.#add(key, hash);
    this.use(number);
    return number;
  }

  /** Counts a use of the key with this number. */
  use(number: number): void {
    if (number === this.#older[0]) return;
    this.#leaveOrder(number);
    this.#becomeNewest(number);
  }

  #find<Value extends BsgValue>({ resource, canonicalId }: StatusKey<Value>, hash: number): number {
    let number = this.#buckets[hash >>> this.#hashShift] ?? 0;
    while (
      number !== 0 &&
      (this.#hashes[number] !== hash || this.#ids[number] !== canonicalId || this.#resources[number] !== resource)
    )
      number = this.#nextInBucket[number] ?? 0;
    return number;
  }

  #add<Value extends BsgValue>({ resource, canonicalId }: StatusKey<Value>, hash: number): number {
    const number = this.#ids.length <= this.#maxKeys ? this.#ids.length : this.#evict();
    const bucket = hash >>> this.#hashShift;
    this.#ids[number] = canonicalId;
    this.#resources[number] = resource as unknown as Resource;
    this.#hashes[number] = hash;
    this.#nextInBucket[number] = this.#buckets[bucket] ?? 0;
    this.#buckets[bucket] = number;
    this.#becomeNewest(number);
    return number;
  }

  /** Returns the number that is free now. */
  #evict(): number {
    const evicted = this.#newer[0] ?? 0;
    this.#leaveOrder(evicted);
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

  #leaveOrder(number: number): void {
    const older = this.#older[number] ?? 0;
    const newer = this.#newer[number] ?? 0;
    this.#older[newer] = older;
    this.#newer[older] = newer;
  }

  #becomeNewest(number: number): void {
    const newest = this.#older[0] ?? 0;
    this.#older[number] = newest;
    this.#newer[number] = 0;
    this.#newer[newest] = number;
    this.#older[0] = number;
  }

  /**
   * The function "Multilinear" of the paper "Strongly universal string hashing is fast" (2014): whatever two ids are chosen, the
   * first 25 bits of their hashes are equal by chance alone.
   */
  #hashOf(id: string): number {
    let hash = this.#factors[FACTORS] ?? 0;
    for (let i = 0; i < id.length; i++)
      hash = (hash + Math.imul(this.#factors[i % FACTORS] ?? 0, id.charCodeAt(i))) | 0;
    return hash >>> 0;
  }
}
