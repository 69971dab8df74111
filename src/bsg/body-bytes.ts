import type { Readable } from 'node:stream';
import { AbortError, FetchError, type Response } from 'node-fetch';

/**
 * Reads the body of a response to its end, by the events of its stream. node-fetch's `arrayBuffer` goes through an async iterator,
 * by which a request takes 3 to 6 % more processor time.
 *
 * @throws {AbortError} where the request was aborted.
 * @throws {FetchError} `max-size` for more than `maxBytes`, `system` for a body that is cut or whose compression is broken.
 */
export async function bodyBytes(response: Response, maxBytes: number): Promise<Uint8Array> {
  // As node-fetch makes it, which declares it as something less.
  const body = response.body as Readable | null;
  if (body === null) return Buffer.of();
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    body.on('readable', () => {
      for (let chunk = body.read(); chunk !== null; chunk = body.read()) {
        size += chunk.length;
        chunks.push(chunk);
      }
      if (size <= maxBytes) return;
      body.destroy();
      reject(new FetchError(`The body is larger than ${maxBytes} bytes.`, 'max-size'));
    });
    body.on('end', () => resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)));
    body.on('error', (error: NodeJS.ErrnoException) =>
      reject(error instanceof AbortError ? error : new FetchError(error.message, 'system', { code: error.code })),
    );
  });
}
