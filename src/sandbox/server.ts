import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { type Answer, Fault, writeAnswer, writeFault } from './faults.ts';
import { route } from './routes.ts';
import { createSeededStore } from './seed.ts';

/** What is ordered beyond that is let go. */
const MOST_FAULTS = 1_000;

const FaultOrder = Fault.extend({ times: z.int().min(1).max(1_000).default(1) });

/** How to run a sandbox. */
export interface SandboxOptions {
  /** Port on 127.0.0.1; 0 lets the system pick one. */
  readonly port: number;
  /** The clock by which messages move; milliseconds since 1970. Default: the system's. */
  readonly now?: () => number;
}

/** A running sandbox. */
export interface Sandbox {
  /** What stands in for `https://api.bsg.world/rest`, such as `http://127.0.0.1:4010/rest`. */
  readonly baseUrl: string;
  /** Makes the next `times` calls of any path go wrong. */
  inject(order: z.input<typeof FaultOrder>): void;
  /** Ends what is under way and stops listening. */
  close(): Promise<void>;
}

/**
 * An embedded BSG on loopback: the paths and quirks of `https://api.bsg.world/rest` with data of its own, under `/rest`.
 * `POST /faults` with `{"kind":"429","times":2}` makes the next calls go wrong, `DELETE /faults` ends that.
 * Rejects when the port is taken.
 */
export async function startSandbox({ port, now = Date.now }: SandboxOptions): Promise<Sandbox> {
  const store = createSeededStore();
  const ending = new AbortController();
  let injected: Fault[] = [];

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  const { port: boundPort } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${boundPort}/rest`,
    inject,
    close: () =>
      new Promise((resolve) => {
        ending.abort();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };

  function inject(order: z.input<typeof FaultOrder>): void {
    const { times, ...fault } = FaultOrder.parse(order);
    injected = [...injected, ...Array.from({ length: times }, () => fault)].slice(0, MOST_FAULTS);
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, root, ...parts] = (request.url ?? '').split('?', 1).join().split('/');
    const body = await text(request);
    if (root === 'faults') return writeAnswer(response, control(request.method, body));
    if (root !== 'rest') return writeAnswer(response, { status: 404, body: { message: 'BSG is under /rest.' } });

    const call = { method: request.method ?? '', parts, apiKey: String(request.headers['x-api-key'] ?? ''), body };
    const { answer, fault: seeded } = route(store, call, now());
    const fault = injected.shift() ?? seeded;
    if (fault === null) return writeAnswer(response, answer);
    return writeFault(response, fault, answer, ending.signal);
  }

  function control(method: string | undefined, body: string): Answer {
    if (method === 'DELETE') injected = [];
    if (method === 'POST') {
      const json = parseJson(body);
      if (json === undefined) return { status: 400, body: { message: 'The order is not JSON.' } };
      const order = FaultOrder.safeParse(json);
      if (!order.success) return { status: 400, body: { message: z.prettifyError(order.error) } };
      inject(order.data);
    }
    return { status: 200, body: { faults: injected } };
  }
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
