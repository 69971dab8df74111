import type { Plugin } from 'graphql-yoga';
import type { RequestContext } from '../request/context.ts';
import type { AdmittedRequest, Gate } from './gate.ts';

/** What Yoga holds of one request. */
export interface GatedContext extends Record<string, unknown> {
  readonly received: RequestContext;
  /** Null until the request has passed the gate. */
  admitted: AdmittedRequest | null;
}

/** Takes each HTTP request to the endpoint through the gate, before a byte of its body is read. */
export function useGate({ admit }: Pick<Gate, 'admit'>): Plugin<object, GatedContext> {
  return {
    async onRequestParse({ serverContext }) {
      serverContext.admitted = await admit(serverContext.received);
    },
  };
}
