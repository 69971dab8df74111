/** The servers of `docs/embed.md` compile with the types of the packed package, and answer. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { respondWith, startFakeBsg, wireSms } from '../helpers/fake-bsg.ts';
import { graphqlPost, subscribe } from '../helpers/http.ts';
import { run } from '../helpers/process.ts';
import { openSocket } from '../helpers/socket.ts';

const FOLDER = 'examples/embed';
const EXTRACTED = join(FOLDER, 'extracted');
const isInstalled = existsSync(join(FOLDER, 'node_modules'));

/** A file is a block of code whose first line is its name. */
const FILES = /^```js\n\/\/ (\S+)\n(.*?)^```$/gms;

function extractFiles(): readonly string[] {
  rmSync(EXTRACTED, { recursive: true, force: true });
  mkdirSync(EXTRACTED);
  return [...readFileSync('docs/embed.md', 'utf8').matchAll(FILES)].map(([, name = '', code = '']) => {
    writeFileSync(join(EXTRACTED, name), code);
    return name;
  });
}

/** Packs the package, and puts it where the servers find it. */
function installPackage(): void {
  const folder = join(FOLDER, 'node_modules/bsg-graphql');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  execFileSync('npx', ['tsc', '--project', 'src/build/types.json']);
  const args = ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder];
  const file = execFileSync('npm', args, { encoding: 'utf8' }).trim();
  execFileSync('tar', ['-xzf', file, '--strip-components=1'], { cwd: folder });
}

/** Runs a server on a BSG that knows one message. Returns what it prints. */
async function start(name: string) {
  const bsg = await startFakeBsg(respondWith(wireSms({ status: 'delivered' })));
  const environment = { PORT: '0', BSG_API_KEY: 'live_test_key', BSG_BASE_URL: bsg.baseUrl, LOG_LEVEL: 'warn' };
  return run([join(EXTRACTED, name)], environment);
}

async function addressOf(name: string): Promise<string> {
  const program = await start(name);
  const [, port = ''] = await program.printed(/(?:port: |localhost:)(\d+)/);
  return `http://127.0.0.1:${port}`;
}

const answer = { data: { sms: { status: 'DELIVERED' } } };
const query = graphqlPost({ query: '{ sms(id: "211") { ... on Sms { status } } }' });
const subscription = 'subscription { smsUpdates(ids: ["211"]) { ... on Sms { status } } }';
const MOUNTED = ['node-http.js', 'express.js', 'fastify.js'];

describe.skipIf(!isInstalled)('docs/embed.md', () => {
  const files = extractFiles();
  beforeAll(() => {
    installPackage();
    execFileSync('npx', ['tsc', '--project', FOLDER], { stdio: ['ignore', 'inherit', 'inherit'] });
  }, 180_000);

  it('has the servers that are tested', () => {
    expect(files).toEqual([...MOUNTED, 'fetch.js', 'yoga.js', 'apollo-server.js']);
  });

  it.each(MOUNTED)('%s serves the endpoint, its health, WebSockets and pages of its own', async (name) => {
    const address = await addressOf(name);
    expect(await (await fetch(`${address}/graphql`, query)).json()).toEqual(answer);
    expect((await fetch(`${address}/health`)).status).toBe(200);
    expect(await (await fetch(address)).text()).toBe('My site');
    const socket = await openSocket(address);
    expect(await socket.init()).toMatchObject({ type: 'connection_ack' });
  });

  it.each(MOUNTED)('%s serves subscriptions as event streams', async (name) => {
    const updates = subscribe(`${await addressOf(name)}/graphql`, subscription);
    expect(await updates.rest()).toEqual([{ smsUpdates: { status: 'DELIVERED' } }]);
  });

  it('fetch.js prints the answer, and ends', async () => {
    const program = await start('fetch.js');
    expect(await program.ended).toBe(0);
    expect(JSON.parse(program.output())).toEqual(answer);
  });

  it('yoga.js answers queries and subscriptions', async () => {
    const address = `${await addressOf('yoga.js')}/graphql`;
    expect(await (await fetch(address, query)).json()).toEqual(answer);
    expect(await subscribe(address, subscription).rest()).toEqual([{ smsUpdates: { status: 'DELIVERED' } }]);
  });

  it('apollo-server.js answers queries, and withholds phone numbers', async () => {
    const address = await addressOf('apollo-server.js');
    expect(await (await fetch(address, query)).json()).toEqual(answer);
    const personal = graphqlPost({ query: '{ sms(id: "211") { ... on Sms { msisdn } } }' });
    expect(await (await fetch(address, personal)).json()).toMatchObject({
      data: { sms: { msisdn: null } },
      errors: [{ extensions: { code: 'FORBIDDEN' } }],
    });
  });
});
