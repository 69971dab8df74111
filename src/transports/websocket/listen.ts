import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { SocketServer } from './server.ts';

/** Headers of one connection, which a request that is no upgrade any more must not have. */
const UPGRADE_HEADERS = new Set(['connection', 'upgrade', 'http2-settings']);

/** Lets a server accept WebSockets. Requests that offer another protocol are served as HTTP/1.1, as they were before. */
export function listenForSockets(server: Server, upgrade: SocketServer['upgrade']): void {
  server.on('upgrade', (request, socket, firstBytes) => {
    if (request.headers.upgrade?.toLowerCase() === 'websocket') upgrade(request, socket, firstBytes);
    else serveWithoutUpgrade(server, request, socket, firstBytes);
  });
}

/**
 * Java's HTTP client, for one, offers HTTP/2 (`Upgrade: h2c`) with its first request. Where a server listens for upgrades, Node
 * takes every offer for accepted; so the request is put back, without the offer, in front of what follows on its connection.
 */
function serveWithoutUpgrade(server: Server, request: IncomingMessage, socket: Duplex, firstBytes: Buffer): void {
  const { method, url, httpVersion, rawHeaders } = request;
  let head = `${method} ${url} HTTP/${httpVersion}\r\n`;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? '';
    if (!UPGRADE_HEADERS.has(name.toLowerCase())) head += `${name}: ${rawHeaders[i + 1]}\r\n`;
  }
  socket.unshift(Buffer.concat([Buffer.from(`${head}\r\n`, 'latin1'), firstBytes]));
  server.emit('connection', socket);
}
