import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { onTestFinished } from 'vitest';

/** A BSG on a thread of its own, which responds while the event loop of the test is blocked. */
export interface BsgThread {
  readonly baseUrl: string;
  /** Resolves when the one request has come. The response waits for {@link BsgThread.respondWhileBlocked}. */
  readonly received: Promise<unknown>;
  /** Has the response sent, and blocks this thread until it is and another `blockedMs` have passed. */
  respondWhileBlocked(blockedMs: number): void;
}

const [IS_ORDERED, IS_SENT] = [0, 1];

/** Runs on the thread, as text: a worker gets no loader for TypeScript. */
const thread = `
const { createServer } = require('node:http');
const { parentPort, workerData } = require('node:worker_threads');
const flags = new Int32Array(workerData.flags);
const server = createServer((request, response) => {
  parentPort.postMessage('received');
  Atomics.wait(flags, ${IS_ORDERED}, 0);
  response.end(workerData.body, () => {
    Atomics.store(flags, ${IS_SENT}, 1);
    Atomics.notify(flags, ${IS_SENT});
  });
});
server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
`;

/** Starts a BSG thread with this one response, for as long as the test lives. */
export async function startBsgThread(body: object): Promise<BsgThread> {
  const flags = new Int32Array(new SharedArrayBuffer(8));
  const worker = new Worker(thread, { eval: true, workerData: { flags: flags.buffer, body: JSON.stringify(body) } });
  onTestFinished(async () => void (await worker.terminate()));
  const [port] = await once(worker, 'message');
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    received: once(worker, 'message'),
    respondWhileBlocked(blockedMs) {
      Atomics.store(flags, IS_ORDERED, 1);
      Atomics.notify(flags, IS_ORDERED);
      Atomics.wait(flags, IS_SENT, 0);
      // Nothing notifies this: it blocks for the whole time.
      Atomics.wait(flags, IS_SENT, 1, blockedMs);
    },
  };
}
