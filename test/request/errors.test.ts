import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { REQUEST_ERRORS, refusalOf, requestError } from '../../src/request/errors.ts';

/** Codes of the errors that graphql-js and Yoga make themselves, with their HTTP statuses. */
const LIBRARY_ERRORS = { GRAPHQL_PARSE_FAILED: 400, OPERATION_RESOLUTION_FAILURE: 400, INTERNAL_SERVER_ERROR: 500 };

/** Code, status and headers of each row of the page. */
async function rowsOfPage(): Promise<readonly string[]> {
  const page = await readFile('docs/errors.md', 'utf8');
  return [...page.matchAll(/^\| `([A-Z_]+)` \| (\d+) \| ([^|]*)\|/gm)].map(([, code, status, headers = '']) =>
    [code, status, ...[...headers.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name.toLowerCase())].join(' '),
  );
}

function rowsOfTable(): readonly string[] {
  const own = Object.values(REQUEST_ERRORS).map((row) => {
    const isRetried = 'retryAfter' in row || row.code === 'TOO_MANY_REQUESTS';
    const headers = ['headers' in row ? Object.keys(row.headers) : [], isRetried ? 'retry-after' : []].flat();
    return [row.code, row.status ?? 200, ...headers].join(' ');
  });
  const ofLibraries = Object.entries(LIBRARY_ERRORS).map(([code, status]) => `${code} ${status}`);
  return [...new Set([...own, ...ofLibraries])];
}

it('docs/errors.md lists each code once with its status and headers, and no other', async () => {
  expect((await rowsOfPage()).toSorted()).toEqual(rowsOfTable().toSorted());
});

it('an error has its code, its status and the facts that it shows, and no others', () => {
  expect(requestError('queryTooExpensive', { cost: 6, maxCost: 5 }).extensions).toEqual({
    code: 'QUERY_TOO_EXPENSIVE',
    cost: 6,
    maxCost: 5,
    http: { status: 400, headers: {} },
  });
  expect(requestError('bodyTooLarge', { maxBytes: 7 }).extensions).toEqual({
    code: 'REQUEST_BODY_TOO_LARGE',
    http: { status: 413, headers: {} },
  });
});

it('an error that a retry may cure says when, to clients with headers and to those without', () => {
  expect(requestError('rateLimited', { retryAfter: 7 }).extensions).toMatchObject({
    retryAfter: 7,
    http: { headers: { 'retry-after': '7' } },
  });
  expect(requestError('tooManyStreams').extensions).toMatchObject({
    retryAfter: 5,
    http: { headers: { 'retry-after': '5' } },
  });
});

it('the error of one field leaves the response a 200', () => {
  const error = requestError('batchTooLarge', { size: 3, maxBatchSize: 2 });
  expect(refusalOf(error).status).toBe(200);
  expect(error.extensions).not.toHaveProperty('http');
});
