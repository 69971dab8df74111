import { onTestFinished } from 'vitest';
import { type SandboxOptions, startSandbox } from '../../src/sandbox/server.ts';

/** A sandbox with a clock that the test moves, asked the way any BSG client asks it. */
export async function startTestSandbox(options: Partial<SandboxOptions> = {}) {
  let nowMs = Date.parse('2026-01-01T00:00:00Z');
  const sandbox = await startSandbox({ port: 0, now: () => nowMs, ...options });
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
    /** Moves the clock on. */
    pass(seconds: number) {
      nowMs += seconds * 1_000;
    },
  };
}
