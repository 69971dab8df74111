/** Listening, with errors that name the variable to change. */
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConfigError } from '../config/environment.ts';

/** Where a server listens. */
export interface Endpoint {
  readonly host: string;
  /** 0 lets the system pick one. */
  readonly port: number;
  /** The variable that sets the port, for the error. */
  readonly portVariable: string;
}

/**
 * Makes the server listen, and resolves to its URL.
 * @throws ConfigError naming the variable to change where the address is taken or is not of this machine.
 */
export async function listen(server: Server, { host, port, portVariable }: Endpoint): Promise<string> {
  await once(server.listen(port, host), 'listening').catch(rejectAddress(portVariable));
  return urlOf(server.address() as AddressInfo);
}

/** Turns the error of a server that cannot listen into a {@link ConfigError} that names the variable to change. */
export function rejectAddress(portVariable: string): (error: Error) => never {
  return ({ message }) => {
    const isHost = /ENOTFOUND|EADDRNOTAVAIL|EAI_AGAIN/.test(message);
    throw new ConfigError(`${message}. Set ${isHost ? 'HOST' : portVariable} to another value.`);
  };
}

function urlOf({ address, port, family }: AddressInfo): string {
  const host = address === '0.0.0.0' || address === '::' ? 'localhost' : family === 'IPv6' ? `[${address}]` : address;
  return `http://${host}:${port}`;
}
