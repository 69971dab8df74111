/** Reads the bodies of requests that `node:http` receives. */
import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { GraphQLError } from 'graphql';
import { requestError } from './errors.ts';

/** The values of `Content-Encoding` with which a body is read; null: it is of another one. */
export function encodingOf(contentEncoding: string | null | undefined): 'identity' | 'gzip' | null {
  const encoding = (contentEncoding ?? '').trim().toLowerCase();
  if (encoding === '' || encoding === 'identity') return 'identity';
  return encoding === 'gzip' || encoding === 'x-gzip' ? 'gzip' : null;
}

/**
 * Reads a whole body, chunked or not, and inflates it where it is compressed (gzip). Resolves to the error to respond with where
 * it has more than `maxBytes`, compressed or inflated, is cut off, or is not what its `Content-Encoding` says.
 */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer<ArrayBuffer> | GraphQLError> {
  const encoding = encodingOf(request.headers['content-encoding']);
  if (encoding === null) return Promise.resolve(requestError('encodingUnsupported'));
  const body = readBytes(request, maxBytes);
  if (encoding === 'identity') return body;
  return body.then((bytes) => (bytes instanceof GraphQLError ? bytes : inflate(bytes, maxBytes)));
}

async function inflate(body: Buffer<ArrayBuffer>, maxBytes: number): Promise<Buffer<ArrayBuffer> | GraphQLError> {
  try {
    return await promisify(gunzip)(body, { maxOutputLength: maxBytes });
  } catch (error) {
    const isTooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    return isTooLarge ? requestError('bodyTooLarge', { maxBytes }) : requestError('bodyNotGzip');
  }
}

function readBytes(request: IncomingMessage, maxBytes: number): Promise<Buffer<ArrayBuffer> | GraphQLError> {
  return new Promise((resolve) => {
    const chunks: Buffer<ArrayBuffer>[] = [];
    let size = 0;
    const take = (chunk: Buffer<ArrayBuffer>) => {
      size += chunk.length;
      if (size <= maxBytes) return void chunks.push(chunk);
      // The rest is discarded as it arrives.
      request.off('data', take);
      resolve(requestError('bodyTooLarge', { maxBytes }));
    };
    const close = () => {
      if (!request.readableEnded) resolve(requestError('bodyCutOff'));
    };
    // One that is closed already emits nothing any more.
    if (request.destroyed) close();
    request
      .on('data', take)
      .on('end', () => resolve(joined(chunks)))
      .on('close', close);
  });
}

/** Most bodies are one chunk, whose memory is its own: a copy would hold a part of a buffer that is shared. */
function joined(chunks: readonly Buffer<ArrayBuffer>[]): Buffer<ArrayBuffer> {
  const [first] = chunks;
  return first !== undefined && chunks.length === 1 ? first : Buffer.concat(chunks);
}
