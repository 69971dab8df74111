import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** An HTTP proxy that opens tunnels. */
export interface TestProxy {
  /** Without a slash at the end. */
  readonly address: string;
  /** The host and port of each tunnel that was opened, in order. */
  readonly tunnels: readonly string[];
  /** The `Proxy-Authorization` of each. */
  readonly credentials: readonly (string | undefined)[];
}

/** Starts a proxy that resolves every name to this port of loopback; with null it refuses (403). It lives as long as the test. */
export async function startProxy(targetPort: number | null): Promise<TestProxy> {
  const tunnels: string[] = [];
  const credentials: (string | undefined)[] = [];
  const sockets = new Set<Socket>();
  const server = createServer().on('connect', ({ url = '', headers }, socket: Socket) => {
    tunnels.push(url);
    credentials.push(headers['proxy-authorization']);
    if (targetPort === null) return void socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    const target = connect(targetPort, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      socket.pipe(target).pipe(socket);
    });
    for (const each of [socket, target]) sockets.add(each.on('error', () => each.destroy()));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, tunnels, credentials };
}
