/** Refusals of WebSockets, before and after the handshake. */
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { GraphQLError } from 'graphql';
import type { RequestLog } from '../../ops/request-log.ts';
import type { RequestContext } from '../../request/context.ts';
import { refusalOf } from '../../request/errors.ts';

/** Responds to a handshake with an error, as there is no `ServerResponse` for it. */
export function refuseHandshake(socket: Duplex, error: GraphQLError): void {
  const { status, headers, body } = refusalOf(error);
  const lines = Object.entries({ ...headers, connection: 'close', 'content-length': Buffer.byteLength(body) });
  socket.on('error', () => {});
  // Its client may never close it.
  socket.once('finish', () => socket.destroy());
  socket.end(
    [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines.map((line) => line.join(': ')), '', body].join('\r\n'),
  );
}

/** Writes the line of a refused connection, as if it were a request over HTTP. */
export function logRefusal(requestLog: RequestLog, request: RequestContext, error: GraphQLError): void {
  request.errorCode = String(error.extensions['code']);
  requestLog.end(request, refusalOf(error).status, false);
}
