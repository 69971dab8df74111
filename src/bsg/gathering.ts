/**
 * Results that are awaited together, each known by its place. There may be a hundred of them in each read, so that they share
 * one promise.
 */
export class Gathering<Result> {
  /** Resolves after the last result has been reported. Rejects on a bug. */
  readonly ended: Promise<void>;
  readonly #report: (result: Result, place: number) => void;
  readonly #isReported: boolean[];
  #missing: number;
  #resolve!: () => void;
  #reject!: (bug: unknown) => void;

  /** `report` is called once for each place, as soon as its result is there. */
  constructor(count: number, report: (result: Result, place: number) => void) {
    this.#report = report;
    this.#isReported = new Array(count).fill(false);
    this.#missing = count;
    this.ended = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    if (count === 0) this.#resolve();
  }

  /** Reports a result, unless its place has one. Never throws. */
  put(place: number, result: Result): void {
    if (this.#isReported[place]) return;
    this.#isReported[place] = true;
    try {
      this.#report(result, place);
    } catch (bug) {
      this.fail(bug);
    }
    if (--this.#missing === 0) this.#resolve();
  }

  /** Reports a result in every place that has none. */
  putMissing(result: Result): void {
    for (const place of this.#isReported.keys()) this.put(place, result);
  }

  /** Ends it with a bug, unless it has ended. */
  fail(bug: unknown): void {
    this.#reject(bug);
  }
}
