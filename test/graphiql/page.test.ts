import { describe, expect, it } from 'vitest';
import { startAppOnSandbox, type TestApp } from '../helpers/app.ts';

const browser = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8', 'accept-encoding': 'gzip, deflate, br' };

const open = (app: TestApp, path = '/graphql', headers: Record<string, string> = {}) =>
  app.fetch(path, { headers: { ...browser, ...headers } });

/** The addresses of the page's styles and script. */
async function assetsOf(app: TestApp): Promise<[string, string]> {
  const html = await (await open(app, '/graphql', { 'accept-encoding': 'identity' })).text();
  const [styles, script] = [...html.matchAll(/(?:href|src)="(graphql[^"]+)"/g)].map(([, path]) => `/${path}`);
  return [styles ?? '', script ?? ''];
}

describe('the GraphiQL page', () => {
  it('loads only files of the server, compressed and kept for good', async () => {
    const { app } = await startAppOnSandbox();

    expect((await open(app)).headers.get('content-type')).toBe('text/html; charset=utf-8');
    const [styles, script] = await assetsOf(app);
    for (const path of [styles, script, script.replace('page.js', 'graphql.js')]) {
      const { status, headers, body } = await open(app, path, { accept: '*/*' });
      await body?.cancel();
      expect([status, headers.get('content-encoding')]).toEqual([200, 'gzip']);
      expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    }
  });

  it('may load its own files, be shown in no frame, and is taken for nothing else', async () => {
    const { app } = await startAppOnSandbox();
    for (const path of ['/graphql', ...(await assetsOf(app))]) {
      const { headers } = await open(app, path);
      const policy = headers.get('content-security-policy');
      expect(policy).toContain("default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
    }
  });

  it('serves the files of this version to a page of another, for now', async () => {
    const { app } = await startAppOnSandbox();
    const { status, headers } = await open(app, '/graphql/assets/other/page.css');
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-cache']);
    expect((await open(app, '/graphql/assets/other/none.js')).status).toBe(404);
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
    expect(await response.text()).toContain('<title>BSG GraphQL</title>');
  });

  it.each([
    ['/', '/graphql'],
    ['/graphql/?query={__typename}', '../graphql?query={__typename}'],
  ])('is redirected to from %s', async (path, location) => {
    const { app } = await startAppOnSandbox();
    const response = await open(app, path);
    expect([response.status, response.headers.get('location')]).toEqual([302, location]);
  });

  it.each(['/graphql', '/graphql/assets/any/page.js'])('is absent without introspection: %s', async (path) => {
    const { app } = await startAppOnSandbox({ INTROSPECTION: 'off' });
    expect((await open(app, path)).headers.get('content-type') ?? '').not.toMatch(/html|javascript/);
  });

  it('leaves requests of clients that accept JSON to the endpoint', async () => {
    const { app } = await startAppOnSandbox();
    const response = await app.fetch('/graphql?query={__typename}', { headers: { accept: 'application/json' } });
    expect(await response.json()).toEqual({ data: { __typename: 'Query' } });
  });
});
