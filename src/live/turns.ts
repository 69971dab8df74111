/** A job of {@link Turns}. */
export interface Job {
  run(): void;
}

/** Runs jobs a few at a time, and lets the event loop turn in between. */
export interface Turns {
  /** Runs the job in its turn. One that waits already is not added again. */
  add(job: Job): void;
}

/** Their results take about as many tenths of a millisecond, for which every request waits. */
const JOBS_PER_TURN = 32;

/** Keeps a burst of jobs, such as a change that thousands of streams send on, from delaying all else that the process does. */
export function createTurns(): Turns {
  const waiting = new Set<Job>();
  let isScheduled = false;

  function turn(): void {
    let left = JOBS_PER_TURN;
    for (const job of waiting) {
      waiting.delete(job);
      job.run();
      left--;
      if (left === 0) break;
    }
    isScheduled = waiting.size > 0;
    if (isScheduled) setImmediate(turn);
  }

  return {
    add(job) {
      waiting.add(job);
      if (!isScheduled) setImmediate(turn);
      isScheduled = true;
    },
  };
}
