import type { IncomingMessage } from 'node:http';
import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { readBody } from '../request/body.ts';
import type { RequestContext } from '../request/context.ts';
import type { AdmittedRequest, Gate } from './gate.ts';

/** What Yoga holds of one request. */
export interface GatedContext extends Record<string, unknown> {
  readonly received: RequestContext;
  /** Null until the request has passed the gate. */
  admitted: AdmittedRequest | null;
  /** Absent where the request was made in this process. */
  readonly req?: IncomingMessage;
}

/** Takes each HTTP request to the endpoint through the gate, and then reads its body, of at most `maxBodyBytes`. */
export function useGate({ admit }: Pick<Gate, 'admit'>, maxBodyBytes: number): Plugin<object, GatedContext> {
  return {
    async onRequestParse({ serverContext, requestParser, setRequestParser, fetchAPI: { Request } }) {
      const { received, req } = serverContext;
      serverContext.admitted = await admit(received);
      if (req?.method !== 'POST' || requestParser === undefined) return;
      const body = await readBody(req, maxBodyBytes);
      if (body instanceof GraphQLError) throw body;
      setRequestParser(({ url, method, headers }) => requestParser(new Request(url, { method, headers, body })));
    },
  };
}
