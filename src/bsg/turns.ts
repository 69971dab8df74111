/**
 * Lets requests that begin together go one after the other, each in a tick of its own. Node sends at the end of a tick what was
 * written in it: of fifty requests that are built in one tick, the first would leave when the last is built.
 */
export class Turns {
  #isTaken = false;
  readonly #waiting: (() => void)[] = [];

  /** Null where the caller can go now, else resolves when it is its turn. */
  take(): Promise<void> | null {
    if (this.#isTaken) return new Promise<void>((resolve) => this.#waiting.push(resolve)).then(() => this.#begin());
    this.#isTaken = true;
    this.#begin();
    return null;
  }

  #begin(): void {
    process.nextTick(() => this.#end());
  }

  #end(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#isTaken = false;
    else next();
  }
}
