import type { IncomingMessage } from 'node:http';
import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { readBody } from '../request/body.ts';
import type { RequestContext } from '../request/context.ts';
import type { AdmittedRequest, Gate } from './gate.ts';

/** A request that has passed the gate, with its body. */
export interface Entered {
  readonly admitted: AdmittedRequest;
  /** Null where there is none, and where the request was made in this process. */
  readonly body: Buffer<ArrayBuffer> | null;
}

/** What Yoga holds of one request. */
export interface GatedContext extends Record<string, unknown> {
  readonly received: RequestContext;
  /** Where it was admitted before Yoga, or failed there: an error is to be sent as the response. */
  readonly entered?: Entered | Error | undefined;
  /** Null until the request has passed the gate. */
  admitted: AdmittedRequest | null;
  /** Absent where the request was made in this process. */
  readonly req?: IncomingMessage;
}

/**
 * Takes an HTTP request to the endpoint through the gate, and then reads its body.
 * @throws {GraphQLError} where it is refused, or its body is too large.
 */
export type Enter = (received: RequestContext, request: IncomingMessage | undefined) => Promise<Entered>;

/** Enters by the gate, with bodies of at most `maxBodyBytes`. */
export function createEntrance({ admit }: Pick<Gate, 'admit'>, maxBodyBytes: number): Enter {
  return async (received, request) => {
    const admission = admit(received);
    // Not awaited where it is there already, as each await takes time.
    const admitted = admission instanceof Promise ? await admission : admission;
    if (request?.method !== 'POST') return { admitted, body: null };
    const body = await readBody(request, maxBodyBytes);
    if (body instanceof GraphQLError) throw body;
    received.bodyBytes = body.length;
    return { admitted, body };
  };
}

/** Lets each request to the endpoint enter that has not entered before Yoga, and gives its body to the parser. */
export function useGate(enter: Enter): Plugin<object, GatedContext> {
  return {
    async onRequestParse({ serverContext, requestParser, setRequestParser, fetchAPI: { Request } }) {
      const { received, req } = serverContext;
      const entered = serverContext.entered ?? (await enter(received, req));
      if (entered instanceof Error) throw entered;
      const { admitted, body } = entered;
      serverContext.admitted = admitted;
      if (body === null || requestParser === undefined) return;
      setRequestParser(({ url, method, headers }) => requestParser(new Request(url, { method, headers, body })));
    },
  };
}
