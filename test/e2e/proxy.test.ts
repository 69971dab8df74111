import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hasOpenssl, makeCertificate } from '../helpers/certificate.ts';
import { knowsAll, sendJson, startFakeBsg, wireSms } from '../helpers/fake-bsg.ts';
import { queryAt } from '../helpers/http.ts';
import { runProgram } from '../helpers/process.ts';
import { startProxy } from '../helpers/proxy.ts';

const query = '{ sms(id: "211") { ... on Sms { status } ... on BsgErrorDetails { code } } }';
const delivered = { data: { sms: { status: 'DELIVERED' } } };
const environment = { PORT: '0', BSG_API_KEY: 'live_very_secret' };

/** Runs the server, and queries it. */
async function queryServer(variables: Readonly<Record<string, string>>) {
  const program = runProgram([], { ...environment, ...variables });
  const [, address] = await program.printed(/GraphiQL +(\S+)/);
  return { result: await queryAt(String(address), { query }), output: program.output() };
}

/** An https BSG as `bsg.invalid`, a name that only a proxy resolves. */
async function startHttpsBsg() {
  const folder = await mkdtemp(join(tmpdir(), 'tls-'));
  const { key, certificate } = makeCertificate('bsg.invalid', folder);
  const server = createServer({ key: await readFile(key), cert: await readFile(certificate) }, (_, response) =>
    sendJson(response, wireSms()),
  );
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true });
  });
  return { port: (server.address() as AddressInfo).port, certificate };
}

describe('a proxy in front of BSG', () => {
  it.skipIf(!hasOpenssl).each(['HTTPS_PROXY', 'https_proxy'])(
    'is that of %s with NODE_USE_ENV_PROXY=1, and resolves the name (needs openssl)',
    async (name) => {
      const bsg = await startHttpsBsg();
      const proxy = await startProxy(bsg.port);

      const { result } = await queryServer({
        BSG_BASE_URL: 'https://bsg.invalid/rest',
        NODE_EXTRA_CA_CERTS: bsg.certificate,
        NODE_USE_ENV_PROXY: '1',
        [name]: proxy.address,
      });

      expect(result).toEqual(delivered);
      expect(proxy.tunnels).toEqual(['bsg.invalid:443']);
    },
  );

  it('is that of BSG_PROXY, whose credentials it gets and nobody else sees', async () => {
    const bsg = await startFakeBsg(knowsAll());
    const proxy = await startProxy(Number(new URL(bsg.baseUrl).port));

    const { result, output } = await queryServer({
      BSG_BASE_URL: 'http://bsg.invalid:8080',
      BSG_PROXY: proxy.address.replace('//', '//user:pass%20word@'),
    });

    expect(result).toEqual(delivered);
    expect(proxy.tunnels).toEqual(['bsg.invalid:8080']);
    expect(proxy.credentials).toEqual([`Basic ${Buffer.from('user:pass word').toString('base64')}`]);
    expect(bsg.requests[0]?.headers['proxy-authorization']).toBeUndefined();
    expect(output).not.toMatch(/pass|user:/);
  });

  it('that refuses is a network error, logged with its status', async () => {
    const proxy = await startProxy(null);
    const { result, output } = await queryServer({ BSG_BASE_URL: 'http://bsg.invalid', BSG_PROXY: proxy.address });
    expect(result).toEqual({ data: { sms: { code: 'NETWORK' } } });
    expect(output).toContain('PROXY_403');
  });

  it('keeps its tunnels open for later requests', async () => {
    const bsg = await startFakeBsg(knowsAll());
    const proxy = await startProxy(Number(new URL(bsg.baseUrl).port));
    const program = runProgram([], { ...environment, BSG_BASE_URL: 'http://bsg.invalid', BSG_PROXY: proxy.address });
    const [, address] = await program.printed(/GraphiQL +(\S+)/);

    for (const id of ['1', '2', '3']) await queryAt(String(address), { query: `{ sms(id: "${id}") { __typename } }` });

    expect(bsg.paths).toHaveLength(3);
    expect(proxy.tunnels).toHaveLength(1);
  });
});
