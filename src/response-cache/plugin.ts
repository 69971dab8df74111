import type { Plugin } from 'graphql-yoga';
import type { GatedContext } from '../security/http-gate.ts';
import type { ResponseStore } from './store.ts';
import { isStorable } from './validity.ts';

/** Other responses are streams, which must not be read here. */
const JSON_TYPE = /^application\/(?:graphql-response\+)?json\b/;

/** Stores the responses that may be served again. Has to come after everything that sets a header. */
export function useResponseStore(store: ResponseStore): Plugin<object, GatedContext> {
  return {
    // Not async, so that other responses do not wait here.
    onResponse({ response, serverContext: { received, entered } }) {
      if (entered === undefined || entered instanceof Error || entered.key === null) return;
      const { key } = entered;
      if (!isStorable(received, response.status)) return;
      const headers = Object.fromEntries(response.headers);
      if (!JSON_TYPE.test(headers['content-type'] ?? '')) return;
      const { operation, cost, reads } = received;
      if (operation === null) return;
      return response.text().then((text) => {
        store.set(key, { body: Buffer.from(text).toString('latin1'), headers, operation, cost, reads });
      });
    },
  };
}
