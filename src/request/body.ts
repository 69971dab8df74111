/** Reads the bodies of requests that `node:http` receives. */
import type { IncomingMessage } from 'node:http';
import type { GraphQLError } from 'graphql';
import { requestError } from './errors.ts';

/** Reads a whole body. Resolves to the error to respond with where it has more than `maxBytes`, or is cut off. */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer<ArrayBuffer> | GraphQLError> {
  return new Promise((resolve) => {
    const chunks: Buffer<ArrayBuffer>[] = [];
    let size = 0;
    const cutOff = () => resolve(requestError('bodyCutOff'));
    const take = (chunk: Buffer<ArrayBuffer>) => {
      size += chunk.length;
      if (size <= maxBytes) return void chunks.push(chunk);
      // The rest is discarded as it arrives.
      request.off('data', take);
      resolve(requestError('bodyTooLarge', { maxBytes }));
    };
    // One that is closed already emits nothing any more.
    if (request.destroyed) cutOff();
    request.on('data', take).once('close', cutOff);
    request.once('end', () => {
      request.off('close', cutOff);
      resolve(Buffer.concat(chunks));
    });
  });
}
