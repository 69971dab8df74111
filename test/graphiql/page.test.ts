import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { startAppOnSandbox, type TestApp } from '../helpers/app.ts';

const browser = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8', 'accept-encoding': 'gzip, deflate, br' };

const open = (app: TestApp, path = '/graphql', headers: Record<string, string> = {}) =>
  app.fetch(path, { headers: { ...browser, ...headers } });

describe('the GraphiQL page', () => {
  it('is compressed, self-contained, and opens with the examples', async () => {
    const { app } = await startAppOnSandbox();

    const response = await open(app);
    const body = Buffer.from(await response.arrayBuffer());

    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('content-encoding')).toBe('gzip');
    expect(body.length).toBeLessThan(3_000_000);
    const html = gunzipSync(body).toString();
    expect(html).toContain('query EveryKindOfError');
    expect(html).not.toMatch(/<(script|link)[^>]+(src|href)="https?:/);
  });

  it('is revalidated with 304 while it is unchanged', async () => {
    const { app } = await startAppOnSandbox();
    const etag = (await open(app)).headers.get('etag') ?? '';

    const again = await open(app, '/graphql', { 'if-none-match': etag });

    expect(etag).toMatch(/^W\/"[\w-]{22}"$/);
    expect((await open(app, '/graphql', { 'if-none-match': `"x", ${etag.slice(2)}` })).status).toBe(304);
    expect(again.status).toBe(304);
    expect(await again.text()).toBe('');
    expect(again.headers.get('vary')).toBe('accept, accept-encoding');
    expect((await open(app, '/graphql', { 'if-none-match': '"other"' })).status).toBe(200);
  });

  it('is not compressed for a browser that does not accept gzip', async () => {
    const { app } = await startAppOnSandbox();
    const response = await open(app, '/graphql', { 'accept-encoding': 'identity' });
    expect(response.headers.get('content-encoding')).toBeNull();
    expect(await response.text()).toContain('query OneSms');
  });

  it('is redirected to from the root, and also served with a trailing slash', async () => {
    const { app } = await startAppOnSandbox();
    const response = await open(app, '/');
    expect([response.status, response.headers.get('location')]).toEqual([302, '/graphql']);
    expect((await open(app, '/graphql/')).status).toBe(200);
  });

  it('leaves requests of clients that accept JSON to the endpoint', async () => {
    const { app } = await startAppOnSandbox();
    const response = await app.fetch('/graphql?query={__typename}', { headers: { accept: 'application/json' } });
    expect(await response.json()).toEqual({ data: { __typename: 'Query' } });
  });
});
