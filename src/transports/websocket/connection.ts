import { GraphQLError } from 'graphql';
import type { Server } from 'graphql-ws';
import type { GraphQLParams } from 'graphql-yoga';
import type { RawData, WebSocket } from 'ws';
import type { RequestLog } from '../../ops/request-log.ts';
import { refusalOf } from '../../request/errors.ts';
import type { RequestHead } from '../../request/head.ts';
import type { Gate } from '../../security/gate.ts';
import { headOfOperation, type RunOperation, type StartedOperation } from './operation.ts';
import type { ProtocolConnection } from './protocol.ts';
import { logRefusal } from './refusal.ts';

/** Options of a {@link Connection}. */
export interface ConnectionOptions {
  readonly gate: Gate;
  readonly requestLog: RequestLog;
  readonly run: RunOperation;
  readonly protocol: Server<ProtocolConnection>;
  /** Called with what no one foresaw. */
  readonly onError: (error: unknown) => void;
}

/** Codes by which clients decide whether to connect again: a browser does after each of them, a gateway with a new token. */
const CLOSE = { goingAway: 1001, internalError: 1011, tryAgainLater: 1013, forbidden: 4403 };
/** How long a client may take to answer the close of its connection. */
const CLOSE_TIMEOUT_MS = 1_000;
/** No message is read while a client has so much left to read. */
const MAX_UNREAD_BYTES = 1024 * 1024;
/** The longest delay of a timer; the client connects again. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** One WebSocket: authenticated when it begins, closed when its token expires. */
export class Connection implements ProtocolConnection {
  queries = 0;
  readonly #socket: WebSocket;
  readonly #head: RequestHead;
  readonly #options: ConnectionOptions;
  #authorization: string | null;
  #expiry: NodeJS.Timeout | undefined;
  #messageBytes = 0;
  #isAlive = true;

  constructor(socket: WebSocket, head: RequestHead, options: ConnectionOptions) {
    this.#socket = socket;
    this.#head = head;
    this.#options = options;
    this.#authorization = head.header('authorization');
    // The client's own, such as a message that is too long: `ws` closes the socket.
    socket.on('error', () => {});
    socket.on('pong', () => {
      this.#isAlive = true;
    });
    const closed = options.protocol.opened(
      {
        protocol: socket.protocol,
        send: (text) => this.#send(text),
        close: (code, reason) => this.#close(code, reason),
        onMessage: (receive) => socket.on('message', (data) => this.#receive(data, receive)),
      },
      this,
    );
    socket.once('close', (code, reason) => {
      clearTimeout(this.#expiry);
      closed(code, String(reason)).catch(options.onError);
    });
  }

  get isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }

  async connect(params: Readonly<Record<string, unknown>>): Promise<boolean> {
    const [, authorization] = Object.entries(params).find(([name]) => /^authorization$/i.test(name)) ?? [];
    if (typeof authorization === 'string') this.#authorization = authorization;
    const { gate, requestLog } = this.#options;
    const received = gate.receive(withToken(this.#head, this.#authorization));
    if (received instanceof GraphQLError) return this.#refuse(received);
    try {
      const { caller } = await gate.admit(received);
      this.#closeAt(caller?.expiresAtMs ?? null);
      return true;
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      logRefusal(requestLog, received, error);
      return this.#refuse(error);
    }
  }

  start(params: GraphQLParams): Promise<StartedOperation> {
    const head = headOfOperation(this.#head, this.#authorization);
    return this.#options.run({ head, params, bytes: this.#messageBytes });
  }

  /** Closes it unless a query runs; the client connects to another instance. */
  closeIfIdle(): void {
    if (this.queries === 0) this.#close(CLOSE.goingAway, 'Going away');
  }

  terminate(): void {
    this.#socket.terminate();
  }

  /** Ends a connection that has not answered the last ping, and sends the next one. */
  ping(): void {
    if (!this.#isAlive) this.terminate();
    this.#isAlive = false;
    if (this.isOpen) this.#socket.ping();
  }

  #refuse(error: GraphQLError): false {
    const { status } = refusalOf(error);
    const isForbidden = status === 401 || status === 403;
    this.#close(isForbidden ? CLOSE.forbidden : CLOSE.tryAgainLater, String(error.extensions['code']));
    return false;
  }

  #close(code?: number, reason?: string): void {
    this.#socket.close(code, reason);
    setTimeout(() => this.terminate(), CLOSE_TIMEOUT_MS).unref();
  }

  #closeAt(expiresAtMs: number | null): void {
    if (expiresAtMs === null) return;
    const leftMs = Math.min(Math.max(0, expiresAtMs - Date.now()), MAX_TIMER_MS);
    this.#expiry = setTimeout(() => this.#close(CLOSE.forbidden, 'UNAUTHENTICATED'), leftMs);
  }

  /** Resolves when the client has read so far, as its socket tells: so a subscription skips what a slow client would not keep up with. */
  #send(text: string): Promise<void> {
    const socket = this.#socket;
    return new Promise((resolve) => {
      if (!this.isOpen) return resolve();
      socket.send(text, () => {
        if (socket.isPaused && socket.bufferedAmount <= MAX_UNREAD_BYTES) socket.resume();
        resolve();
      });
      if (socket.bufferedAmount > MAX_UNREAD_BYTES) socket.pause();
    });
  }

  #receive(data: RawData, receive: (text: string) => Promise<void>): void {
    const text = String(data);
    // Read before anything is awaited, by `start`.
    this.#messageBytes = Buffer.byteLength(text);
    receive(text).catch((error) => {
      this.#options.onError(error);
      this.#close(CLOSE.internalError, 'Internal error');
    });
  }
}

function withToken(head: RequestHead, authorization: string | null): RequestHead {
  return { ...head, header: (name) => (name === 'authorization' ? authorization : head.header(name)) };
}
