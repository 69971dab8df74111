import type { BsgFailure } from './failure.ts';
import type { Gathering } from './gathering.ts';
import type { MassMember, MassOutcome, MassStatus } from './mass-status.ts';
import type { BsgValue, StatusKey, Upstream } from './resource.ts';

/** What a {@link SingleFetch} is made of. */
export interface SingleFetchOptions<Value extends BsgValue> {
  readonly key: StatusKey<Value>;
  /** The result of an earlier fetch; null where there is none. */
  readonly known: Value | BsgFailure | null;
  readonly upstream: Upstream;
  /** Awaits the result, in its place; null is what a fetch has whose time is up. */
  readonly gathering: Gathering<Value | BsgFailure | null>;
  readonly place: number;
}

/** One of the fetches that begin together: in a mass request where there can be one, else, or after it, on its own. */
export class SingleFetch<Value extends BsgValue> implements MassMember {
  readonly #options: SingleFetchOptions<Value>;
  /** The id under which it is in the mass request. */
  massId = '';

  constructor(options: SingleFetchOptions<Value>) {
    this.#options = options;
  }

  get upstream(): Upstream {
    return this.#options.upstream;
  }

  begin(massStatus: MassStatus): void {
    const { key, known } = this.#options;
    const { resource, id } = key;
    const invalid = resource.validate(id);
    const massId = massStatus.isInUse ? (resource.mass?.idOf(id, known) ?? null) : null;
    if (invalid !== null) this.#end(invalid);
    else if (massId === null) this.#fetchAlone(known);
    else {
      this.massId = massId;
      massStatus.add(this);
    }
  }

  settle(outcome: MassOutcome): void {
    const { key, known } = this.#options;
    const message = typeof outcome === 'string' ? null : outcome;
    const result = outcome === 'unanswered' ? null : (key.resource.mass?.resultOf(message, key.id, known) ?? null);
    if (result !== null) this.#end(result);
    // What the mass answer says of a known value need not be fetched again.
    else this.#fetchAlone(outcome === 'unanswered' ? known : null);
  }

  fail(bug: unknown): void {
    this.#options.gathering.fail(bug);
  }

  #fetchAlone(known: Value | BsgFailure | null): void {
    const { key, upstream } = this.#options;
    key.resource.fetch(key.id, upstream, known).then(
      (result) => this.#end(result),
      (bug) => this.fail(bug),
    );
  }

  #end(result: Value | BsgFailure): void {
    this.#options.gathering.put(this.#options.place, result);
  }
}
