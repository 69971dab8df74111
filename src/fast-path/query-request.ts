/** A request for a query that may be prepared. */
export interface QueryRequest {
  /** Identifies the query and how its response is sent: the head, and all known parameters but the variables. */
  readonly key: string;
  readonly operationName: string | null | undefined;
  /** As they were sent. */
  readonly variables: Record<string, unknown> | null | undefined;
}

/**
 * Reads the body of a request. Null where no prepared query could run with it; Yoga then reports what is wrong.
 *
 * @param head See `headKey`.
 */
export function readQueryRequest(head: string, body: Buffer): QueryRequest | null {
  try {
    const params: unknown = JSON.parse(body.toString());
    if (!isObject(params)) return null;
    const { query, documentId, extensions, operationName, variables } = params;
    if (!isTextOrNone(query) || !isTextOrNone(documentId) || !isTextOrNone(operationName)) return null;
    if ((extensions != null && !isObject(extensions)) || (variables != null && !isObject(variables))) return null;
    const texts = JSON.stringify([query, operationName, documentId]);
    const key = head + texts + (extensions == null ? '' : JSON.stringify(extensions, exactly));
    return { key, operationName, variables };
  } catch {
    // It is not JSON, is nested deeper than the stack, or has numbers in its extensions that would not be written as they are.
    return null;
  }
}

/** For `JSON.stringify`, which writes these numbers as null and 0. */
function exactly(_: string, value: unknown): unknown {
  if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0))) throw new RangeError();
  return value;
}

function isTextOrNone(value: unknown): value is string | null | undefined {
  return value == null || typeof value === 'string';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
