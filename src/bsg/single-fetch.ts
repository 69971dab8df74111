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
  readonly key: StatusKey<Value>;
  readonly upstream: Upstream;
  /** The id under which it is in the mass request. */
  massId = '';
  readonly #known: Value | BsgFailure | null;
  readonly #gathering: Gathering<Value | BsgFailure | null>;
  readonly #place: number;

  constructor({ key, known, upstream, gathering, place }: SingleFetchOptions<Value>) {
    this.key = key;
    this.upstream = upstream;
    this.#known = known;
    this.#gathering = gathering;
    this.#place = place;
  }

  begin(massStatus: MassStatus): void {
    const known = this.#known;
    const { resource, id } = this.key;
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
    const { key } = this;
    const known = this.#known;
    const message = typeof outcome === 'string' ? null : outcome;
    const result = outcome === 'unanswered' ? null : (key.resource.mass?.resultOf(message, key.id, known) ?? null);
    if (result !== null) this.#end(result);
    // What the mass answer says of a known value need not be fetched again.
    else this.#fetchAlone(outcome === 'unanswered' ? known : null);
  }

  fail(bug: unknown): void {
    this.#gathering.fail(bug);
  }

  #fetchAlone(known: Value | BsgFailure | null): void {
    const { key, upstream } = this;
    key.resource.fetch(key.id, upstream, known).then(
      (result) => this.#end(result),
      (bug) => this.fail(bug),
    );
  }

  #end(result: Value | BsgFailure): void {
    this.#gathering.put(this.#place, result);
  }
}
