/** The load on one peer. Every response is compared with the one that is expected, and no request is cut off at the end. */
import { Pool } from 'undici';

/** Requests at a time. */
const CONCURRENCY = 64;

/** Opens the connections to a peer. */
export function connect(url) {
  const pool = new Pool(url, { connections: CONCURRENCY });

  /** Throws when the response is another one than expected. */
  async function send({ body, expected }) {
    const response = await pool.request({
      path: '/graphql',
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    const text = await response.body.text();
    // Apollo Server ends its responses with a line feed.
    if (text.trimEnd() !== expected)
      throw new Error(`Expected ${expected.slice(0, 200)}, received ${text.slice(0, 200)}`);
  }

  return {
    /** Sends each call of the workload at once with as many others as under load. */
    check: (next) => Promise.all(Array.from({ length: CONCURRENCY }, () => send(next()))),

    /** Sends calls for so long, and resolves to their count and the time that they took. */
    async run(next, seconds) {
      const startedAtMs = performance.now();
      let count = 0;
      const work = async () => {
        while (performance.now() - startedAtMs < seconds * 1_000) {
          await send(next());
          count++;
        }
      };
      await Promise.all(Array.from({ length: CONCURRENCY }, work));
      return { count, seconds: (performance.now() - startedAtMs) / 1_000 };
    },

    /** Sends calls one after the other, and resolves to the latency of each in milliseconds. */
    async latencies(next, count) {
      const all = [];
      for (let i = 0; i < count; i++) {
        const call = next();
        const startedAtMs = performance.now();
        await send(call);
        all.push(performance.now() - startedAtMs);
      }
      return all;
    },

    close: () => pool.destroy(),
  };
}
