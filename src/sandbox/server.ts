/** The sandbox's HTTP server. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { z } from 'zod';
import { writeAnswer } from './answer.ts';
import { type Clock, systemClock } from './clock.ts';
import { createDeliveryReports } from './delivery-reports.ts';
import { createFaultQueue, type FaultOrder } from './fault-queue.ts';
import { writeFault } from './faults.ts';
import { route } from './routes.ts';
import { createSeededStore } from './seed.ts';

/** Options of {@link startSandbox}. */
export interface SandboxOptions {
  /** Port on 127.0.0.1; 0 lets the system pick one. */
  readonly port: number;
  /** Clock by which messages move and are reported. @default the system's */
  readonly clock?: Clock;
  /** Whether it offers `POST /sms/getStatus`; without it the sandbox is an older BSG. @default true */
  readonly hasMassStatus?: boolean;
}

/** A running sandbox. */
export interface Sandbox {
  /** What replaces `https://api.bsg.world/rest`, such as `http://127.0.0.1:4010/rest`. */
  readonly baseUrl: string;
  /** Makes the next `times` requests to any path fail. @throws for an invalid order. */
  inject(order: z.input<typeof FaultOrder>): void;
  /** Breaks off what is in flight and stops listening. */
  close(): Promise<void>;
}

/**
 * Starts an embedded BSG on loopback: the paths and quirks of `https://api.bsg.world/rest` with data of its own, under
 * `/rest`. `POST /faults` with `{"kind":"429","times":2}` injects faults into the next requests, `DELETE /faults` ends that.
 *
 * @throws when the port is taken.
 */
export async function startSandbox({
  port,
  clock = systemClock,
  hasMassStatus = true,
}: SandboxOptions): Promise<Sandbox> {
  const store = createSeededStore();
  const faults = createFaultQueue();
  const reports = createDeliveryReports(clock);
  const closing = new AbortController();
  const server = createServer((request, response) => {
    respond(request, response).catch(() => response.destroy());
  });
  return { baseUrl: `${await listen(server, port)}/rest`, inject: faults.inject, close };

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, root, ...parts] = (request.url ?? '').split('?', 1).join().split('/');
    const method = request.method ?? '';
    const body = await text(request);
    if (root === 'faults') return writeAnswer(response, faults.control(method, body));
    if (root !== 'rest') return writeAnswer(response, { status: 404, body: { message: 'BSG is under /rest.' } });

    const context = { store, reports, hasMassStatus, nowMs: clock.now() };
    const apiKey = String(request.headers['x-api-key'] ?? '');
    const { answer, fault: seeded } = route(context, { method, parts, apiKey, body });
    const fault = faults.next() ?? seeded;
    if (fault === null) return writeAnswer(response, answer);
    return writeFault(response, fault, answer, { clock, signal: closing.signal });
  }

  function close(): Promise<void> {
    closing.abort();
    reports.close();
    return new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  }
}

/** Returns the address, without a slash at the end. */
async function listen(server: Server, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
