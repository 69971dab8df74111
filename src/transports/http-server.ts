import { type IncomingMessage, type RequestListener, Server, type ServerOptions, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { requestError } from '../request/errors.ts';
import { takeOriginForm } from '../request/target.ts';
import { listenForSockets } from './websocket/listen.ts';
import { refuseHandshake } from './websocket/refusal.ts';
import type { SocketServer } from './websocket/server.ts';

/** Options of {@link createHttpServer}. */
export interface HttpServerOptions {
  /** Receives requests whose target is `/path?query`. */
  readonly listener: RequestListener;
  /** For the `upgrade` event. @default WebSockets are not accepted */
  readonly upgrade?: SocketServer['upgrade'];
  /** Called where a request is not legal HTTP or takes too long to arrive: the listener does not see it. */
  readonly onMalformed: (status: number, reason: string) => void;
}

/** The statuses with which `node:http` responds to a request that it cannot parse, beside 400. */
const PARSER_STATUSES: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** Node takes a connection that has not sent a byte for one with a request in flight. Here it is idle. */
class HttpServer extends Server {
  readonly #connections = new Set<Socket>();

  constructor(options: ServerOptions, listener: RequestListener) {
    super(options, listener);
    this.on('connection', (socket) => {
      this.#connections.add(socket);
      socket.once('close', () => this.#connections.delete(socket));
    });
  }

  override closeIdleConnections(): void {
    super.closeIdleConnections();
    for (const socket of this.#connections) if (socket.bytesRead === 0) socket.destroy();
  }
}

/** An HTTP server, not yet listening. Whatever it responds is reported, to `listener` or to `onMalformed`. */
export function createHttpServer({ listener, upgrade, onMalformed }: HttpServerOptions): Server {
  function isLegal(request: IncomingMessage): boolean {
    const isInOriginForm = takeOriginForm(request);
    if (!isInOriginForm) onMalformed(400, 'INVALID_TARGET');
    return isInOriginForm;
  }
  function receive(request: IncomingMessage, response: ServerResponse): void {
    if (isLegal(request)) listener(request, response);
    else response.writeHead(400, { connection: 'close', 'content-length': 0 }).end();
  }
  // Without the option, node would respond to a request that has no `Host` and tell nobody.
  const server = new HttpServer({ requireHostHeader: false }, receive);
  // An expectation that is not met may be ignored; node would respond 417 and tell nobody.
  server.on('checkExpectation', receive);
  server.on('connection', (socket) => {
    socket.on('error', ({ code = '' }: NodeJS.ErrnoException) => {
      const status = PARSER_STATUSES[code] ?? (code.startsWith('HPE_') ? 400 : null);
      if (status !== null) onMalformed(status, code);
    });
  });
  if (upgrade !== undefined)
    listenForSockets(server, (request, socket, firstBytes) => {
      if (isLegal(request)) upgrade(request, socket, firstBytes);
      else refuseHandshake(socket, requestError('handshakeInvalid'));
    });
  return server;
}
