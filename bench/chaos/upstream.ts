/** A BSG that knows the truth, and misbehaves. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type Fault, faults, json } from './faults.ts';
import type { Random } from './random.ts';
import type { Truth, WireMessage } from './truth.ts';

/** The upstream of a run. */
export interface ChaoticUpstream {
  readonly baseUrl: string;
  /** The share of requests that get a fault, from 0 to 1. */
  faultShare: number;
  readonly requests: number;
  /** How often each fault was injected. */
  readonly injected: ReadonlyMap<string, number>;
  close(): void;
}

const REFUSES_FOR_MS = 300;

const FAULTS = Object.keys(faults) as readonly (keyof typeof faults)[];

/** A 404 to a mass request says that BSG does not offer the call: the servers would send none for the rest of the run. */
const FAULTS_OF_MASS_REQUESTS = FAULTS.filter((name) => name !== '404 with a good body');

/** Starts it without faults. */
export async function startUpstream(truth: Truth, random: Random): Promise<ChaoticUpstream> {
  const injected = new Map(Object.keys(faults).map((name) => [name, 0]));
  const server = createServer((request, response) => void respond(request, response));
  // Kept open between requests, so that faults hit connections that are in use.
  server.keepAliveTimeout = 60_000;
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  let requests = 0;

  function refuse(): void {
    server.closeAllConnections();
    if (!server.listening) return;
    server.close();
    setTimeout(() => server.listen(port, '127.0.0.1'), REFUSES_FOR_MS);
  }

  /** Each fault comes up as often as any other; null for none. */
  function drawFault(isMass: boolean): Fault | null {
    if (random.next() >= upstream.faultShare) return null;
    const name = random.pick(isMass ? FAULTS_OF_MASS_REQUESTS : FAULTS);
    injected.set(name, (injected.get(name) ?? 0) + 1);
    return faults[name];
  }

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    requests++;
    const body = await text(request).catch(() => null);
    if (body === null) return;
    const ids = idsOf(truth, request.url ?? '', body);
    const answer = (of: readonly string[]) => answerOf(truth, of, body !== '');
    const fault = drawFault(body !== '');
    if (fault === null) return json(response, answer(ids));
    const other = answer(ids.map((id) => String(Number(id) + 1)));
    fault({ response, good: answer(ids), other, partial: answer(ids.filter((_, i) => i % 2 === 0)), refuse });
  }

  const upstream = {
    baseUrl: `http://127.0.0.1:${port}`,
    faultShare: 0,
    get requests() {
      return requests;
    },
    injected,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return upstream;
}

/** The messages that a request is about. */
function idsOf(truth: Truth, url: string, body: string): readonly string[] {
  if (url === '/sms/getStatus') return (JSON.parse(body) as { readonly ids: readonly number[] }).ids.map(String);
  const [, folder, key = ''] = /^\/sms\/(?:(reference)\/)?([^/]+)$/.exec(url) ?? [];
  return [folder === 'reference' ? truth.idOf(key) : key];
}

function answerOf(truth: Truth, ids: readonly string[], isMass: boolean): string {
  const messages = ids.map((id) => truth.messageAt(id, Date.now())).filter((message) => message !== null);
  if (isMass) return JSON.stringify({ result: messages.map(massItemOf) });
  const [message] = messages;
  return JSON.stringify(
    message === undefined ? { error: 20, errorDescription: 'SMS not found' } : { error: 0, ...message },
  );
}

function massItemOf({ reference, ...message }: WireMessage) {
  return { ...message, external_id: reference };
}
