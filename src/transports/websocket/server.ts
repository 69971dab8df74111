import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { GraphQLError } from 'graphql';
import { handleProtocols } from 'graphql-ws';
import { WebSocketServer } from 'ws';
import type { RequestContext } from '../../request/context.ts';
import { refusalOf, requestError } from '../../request/errors.ts';
import { headOfHttp } from '../../request/head.ts';
import { Connection, type ConnectionOptions } from './connection.ts';
import { createProtocol } from './protocol.ts';
import { logRefusal, refuseHandshake } from './refusal.ts';

/** Options of {@link createSocketServer}. */
export interface SocketServerOptions extends Omit<ConnectionOptions, 'protocol'> {
  /** The path of the endpoint. */
  readonly endpoint: string;
  readonly maxMessageBytes: number;
  /** Connections open at once. */
  readonly maxConnections: number;
}

/** The WebSockets of the endpoint. */
export interface SocketServer {
  /** For the `upgrade` event of `node:http`. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Closes all connections without a query that runs. */
  closeIdle(): void;
  /** Closes all connections at once. */
  terminate(): void;
  dispose(): void;
}

/** A connection that is silent for so long is pinged, and ended when it has not answered after as long. */
const PING_INTERVAL_MS = 12_000;

/** Accepts WebSockets for GraphQL (`graphql-transport-ws`) at the endpoint. */
export function createSocketServer(options: SocketServerOptions): SocketServer {
  const { endpoint, gate, requestLog, maxConnections, maxMessageBytes } = options;
  const connections = new Set<Connection>();
  const protocol = createProtocol();
  const sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: maxMessageBytes,
    handleProtocols,
  });
  sockets.on('wsClientError', (_, socket) => {
    requestLog.malformed(400, 'INVALID_HANDSHAKE');
    refuseHandshake(socket, requestError('handshakeInvalid'));
  });
  const pings = setInterval(() => {
    for (const connection of connections) connection.ping();
  }, PING_INTERVAL_MS).unref();

  function accept(received: RequestContext, request: IncomingMessage, socket: Duplex, firstBytes: Buffer): void {
    sockets.handleUpgrade(request, socket, firstBytes, (accepted) => {
      requestLog.responded(received, 101);
      const connection = new Connection(accepted, received.head, { ...options, protocol });
      connections.add(connection);
      accepted.once('close', () => connections.delete(connection));
    });
  }
  return {
    upgrade(request, socket, firstBytes) {
      const received = gate.receive(headOfHttp(request));
      if (received instanceof GraphQLError) return refuseHandshake(socket, received);
      const isForEndpoint = received.head.path === endpoint;
      if (isForEndpoint && connections.size < maxConnections) return accept(received, request, socket, firstBytes);
      const error = requestError(isForEndpoint ? 'tooManyStreams' : 'notFound');
      received.isForEndpoint = isForEndpoint;
      requestLog.responded(received, refusalOf(error).status);
      logRefusal(requestLog, received, error);
      refuseHandshake(socket, error);
    },
    closeIdle() {
      for (const connection of connections) connection.closeIfIdle();
    },
    terminate() {
      for (const connection of connections) connection.terminate();
    },
    dispose() {
      clearInterval(pings);
      for (const connection of connections) connection.terminate();
    },
  };
}
