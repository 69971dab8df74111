import { onTestFinished } from 'vitest';
import { type SandboxOptions, startSandbox } from '../../src/sandbox/server.ts';

/** A sandbox with a clock that the test moves, which receives requests as from any BSG client. */
export async function startTestSandbox(options: Partial<SandboxOptions> = {}) {
  const clock = createManualClock();
  const sandbox = await startSandbox({ port: 0, clock, ...options });
  onTestFinished(sandbox.close);

  async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const response = await fetch(sandbox.baseUrl + path, {
      method,
      headers: { 'x-api-key': 'test_key', ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return { status: response.status, headers: response.headers, body: await response.json() };
  }

  return {
    ...sandbox,
    call,
    get: (path: string, headers?: Record<string, string>) => call('GET', path, undefined, headers),
    pass: clock.pass,
    timers: clock.timers,
  };
}

/** A clock that only the test moves. */
function createManualClock() {
  const timers = new Set<{ readonly atMs: number; readonly run: () => void }>();
  let nowMs = Date.parse('2026-01-01T00:00:00Z');
  return {
    /** What is scheduled. */
    timers,
    now: () => nowMs,
    schedule(delayMs: number, run: () => void) {
      const timer = { atMs: nowMs + delayMs, run };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    /** Moves the clock on, and calls what is due, in order. */
    pass(seconds: number) {
      nowMs += seconds * 1_000;
      const due = [...timers].filter(({ atMs }) => atMs <= nowMs).sort((a, b) => a.atMs - b.atMs);
      for (const timer of due) {
        timers.delete(timer);
        timer.run();
      }
    },
  };
}
