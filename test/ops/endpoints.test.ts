import { describe, expect, it } from 'vitest';
import { startApp } from '../helpers/app.ts';
import { startFakeBsg } from '../helpers/fake-bsg.ts';
import { listen } from '../helpers/http.ts';

describe('the operations endpoints', () => {
  it('are on the port of the GraphQL endpoint by default', async () => {
    const app = startApp((await startFakeBsg()).baseUrl);
    expect((await app.fetch('/health')).status).toBe(200);
    expect(await (await app.fetch('/ready')).json()).toEqual({
      status: 'ready',
      bsg: 'up',
      massStatus: 'unknown',
      redis: 'not used',
    });
    expect((await app.fetch('/metrics')).status).toBe(200);
  });

  it('are on OPS_PORT if it is set, and the other port has the bare /ready and /health alone', async () => {
    const app = startApp((await startFakeBsg()).baseUrl, { OPS_PORT: '1' });
    expect(await (await app.fetch('/ready')).json()).toEqual({ status: 'ready' });
    expect((await app.fetch('/metrics')).status).toBe(404);
    expect((await app.fetch('/health')).status).toBe(200);

    const ops = await listen(app.opsListener);
    expect(await (await fetch(`${ops}/ready?verbose`)).json()).toEqual({
      status: 'ready',
      bsg: 'up',
      massStatus: 'unknown',
      redis: 'not used',
    });
    expect(await (await fetch(`${ops}/health`)).json()).toEqual({ status: 'alive' });
    expect(await (await fetch(`${ops}/metrics`)).text()).toContain('bsg_graphql_circuit_breaker_open 0');
    expect((await fetch(`${ops}/graphql?query={__typename}`)).status).toBe(404);
  });

  it('report that the server drains, while it still answers requests', async () => {
    const app = startApp((await startFakeBsg()).baseUrl);
    const address = await listen(app.listener);
    app.drain();
    const ready = await fetch(`${address}/ready`);
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({ status: 'draining' });
    expect((await fetch(`${address}/health`)).status).toBe(200);
    const answer = await fetch(`${address}/graphql?query={__typename}`);
    expect(answer.headers.get('connection')).toBe('close');
    expect(await answer.json()).toEqual({ data: { __typename: 'Query' } });
  });
});
