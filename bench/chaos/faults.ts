/** The ways in which the upstream misbehaves, each by its name. */
import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';

/** One request to the upstream that is to be answered badly. */
export interface Exchange {
  readonly response: ServerResponse;
  /** The correct answer. */
  readonly good: string;
  /** The correct answer about another message. */
  readonly other: string;
  /** The correct answer with some of the requested messages left out. */
  readonly partial: string;
  /** Closes all connections and refuses new ones for a moment. */
  refuse(): void;
}

const BOMB = gzipSync(Buffer.alloc(32 * 2 ** 20, ' '));
const DEEP = '{"a":'.repeat(100_000);

/** Answers an exchange, or leaves it without an answer. */
export type Fault = (exchange: Exchange) => void;

/** All faults. Some carry a correct answer in an unusual way. */
export const faults = {
  latency: ({ response, good }) => void setTimeout(() => json(response, good), 700),
  drip: ({ response, good }) => drip(response, good),
  hang: () => {},
  reset: ({ response }) => void response.socket?.resetAndDestroy(),
  'half answer': ({ response, good }) =>
    raw(response, [`Content-Length: ${good.length}`], good.slice(0, good.length / 2)),
  'bad chunk': ({ response, good }) => raw(response, ['Transfer-Encoding: chunked'], `zz\r\n${good}\r\n0\r\n\r\n`),
  'two lengths': ({ response, good }) =>
    raw(response, [`Content-Length: ${good.length}`, `Content-Length: ${good.length - 9}`], good),
  'trailing data': ({ response, good, other }) =>
    raw(response, [`Content-Length: ${good.length}`], `${good}${head([`Content-Length: ${other.length}`])}${other}`),
  '1xx': ({ response, good }) => {
    for (let i = 0; i < 3; i++) response.writeProcessing();
    json(response, good);
  },
  '40 kB header': ({ response, good }) => json(response, good, 200, { 'x-long': 'x'.repeat(40_000) }),
  '204': ({ response }) => void response.writeHead(204).end(),
  '404 with a good body': ({ response, good }) => json(response, good, 404),
  '429': ({ response }) => json(response, '{"code":429,"message":"Too many requests"}', 429, { 'retry-after': '1' }),
  '503': ({ response }) => json(response, '{"code":503,"message":"Unavailable"}', 503),
  redirect: ({ response }) => json(response, '', 302, { location: '/sms/1' }),
  html: ({ response }) => void response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad gateway</h1>'),
  empty: ({ response }) => json(response, ''),
  garbage: ({ response }) => void response.end(Buffer.from([0x7b, 0xff, 0x00, 0x9f, 0x22, 0x3a])),
  array: ({ response, good }) => json(response, `[${good}]`),
  'wrong message': ({ response, other }) => json(response, other),
  'mass answer with gaps': ({ response, partial }) => json(response, partial),
  'deep nesting': ({ response }) => json(response, DEEP),
  '2 MiB': ({ response, good }) => json(response, `${' '.repeat(2 * 2 ** 20)}${good}`),
  gzip: ({ response, good }) => gzip(response, gzipSync(good)),
  'cut gzip': ({ response, good }) => gzip(response, gzipSync(good).subarray(0, -12)),
  bomb: ({ response }) => gzip(response, BOMB),
  'refused connections': ({ refuse }) => refuse(),
} as const satisfies Readonly<Record<string, Fault>>;

/** Sends a response as it should be. */
export function json(response: ServerResponse, body: string, status = 200, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
}

function gzip(response: ServerResponse, body: Buffer): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(body);
}

/** Sends a response in ten parts, one every 60 ms. */
function drip(response: ServerResponse, body: string): void {
  const size = Math.ceil(body.length / 10);
  let sent = 0;
  const timer = setInterval(() => {
    response.write(body.slice(sent, sent + size));
    sent += size;
    if (sent < body.length) return;
    clearInterval(timer);
    response.end();
  }, 60);
}

function head(headers: readonly string[]): string {
  return ['HTTP/1.1 200 OK', 'Content-Type: application/json', ...headers, '', ''].join('\r\n');
}

/** Sends bytes that node:http would not, and closes the connection a little later. */
function raw({ socket }: ServerResponse, headers: readonly string[], body: string): void {
  socket?.write(head(headers) + body);
  setTimeout(() => socket?.destroy(), 100);
}
