/** The files of `docs/front-ends.md` compile, and do in a browser what the page says. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { printClientSchema } from '../../src/schema/index.ts';
import { startApp } from '../helpers/app.ts';
import { CHROMIUM, hasChromium, openPage } from '../helpers/browser.ts';
import { sendJson, startFakeBsg, wireCampaign, wireSms } from '../helpers/fake-bsg.ts';
import { listen } from '../helpers/http.ts';
import { AUTH_TOKENS, TOKENS } from '../helpers/secrets.ts';

const FOLDER = 'examples/front-ends';
const EXTRACTED = join(FOLDER, 'extracted');
const isInstalled = existsSync(join(FOLDER, 'node_modules'));

/** The address in the files of the page. */
const ADDRESS = 'http://localhost:4000';

/** A file is a block of code whose first line is its name, or a block of JSON below its name. */
const FILES = /^```ts\n\/\/ (?<ts>\S+)\n(?<code>.*?)^```$|^`(?<json>\S+)`:\n\n```json\n(?<data>.*?)^```$/gms;

function extractFiles(): void {
  rmSync(EXTRACTED, { recursive: true, force: true });
  for (const { groups = {} } of readFileSync('docs/front-ends.md', 'utf8').matchAll(FILES)) {
    const path = join(EXTRACTED, groups['ts'] ?? groups['json'] ?? '');
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, groups['code'] ?? groups['data'] ?? '');
  }
  writeFileSync(join(EXTRACTED, 'schema.graphql'), printClientSchema());
}

function run(name: string, ...args: readonly string[]): void {
  // Relay's compiler stages what it writes, where it finds a repository.
  const env = { ...process.env, GIT_DIR: '/dev/null' };
  execFileSync(`../node_modules/.bin/${name}`, args, { cwd: EXTRACTED, env, stdio: ['ignore', 'ignore', 'inherit'] });
}

/** A server whose messages and campaign change with each fetch, until they are final. Returns its address. */
async function startServer(environment: Readonly<Record<string, string>>): Promise<string> {
  const words = ['scheduled', 'scheduled', 'sent', 'sent', 'delivered'];
  const fetches = new Map<string, number>();
  const bsg = await startFakeBsg(({ kind, key }, response) => {
    const id = key.replace('ref_', '');
    const fetched = fetches.get(id) ?? 0;
    fetches.set(id, fetched + 1);
    if (key === 'nobody') return sendJson(response, { error: 20, errorDescription: 'SMS not found' });
    const delivered = Math.min(2, Math.floor(fetched / 2));
    if (kind === 'task') return sendJson(response, wireCampaign({ total: 2, sent: 2, delivered }));
    sendJson(response, wireSms({ id, reference: `ref_${id}`, status: words[fetched] ?? 'delivered' }));
  });
  const app = startApp(bsg.baseUrl, {
    BSG_CAMPAIGN_PATH: '/sms/task/{task_id}',
    BSG_MASS_STATUS: 'off',
    CACHE_TTL_MS: '0',
    CORS_ORIGINS: 'loopback',
    LIVE_INTERVAL_MS: '100',
    ...environment,
  });
  return listen(app.listener, app);
}

/** The code for a browser, with the address of the server in it. */
async function bundle(code: string, address: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: code.replaceAll(ADDRESS, address), resolveDir: join(EXTRACTED, 'src'), loader: 'ts' },
    bundle: true,
    write: false,
    define: { 'process.env.NODE_ENV': '"production"' },
    plugins: [
      {
        name: 'files-of-the-page',
        setup({ onLoad }) {
          onLoad({ filter: /extracted\/src\/[\w-]+\.ts$/ }, ({ path }) => ({
            contents: withRelayArtifacts(readFileSync(path, 'utf8')).replaceAll(
              ADDRESS.replace('http', ''),
              address.replace('http', ''),
            ),
            loader: 'ts',
          }));
        },
      },
    ],
  });
  return outputFiles[0]?.text ?? '';
}

/** What Relay's plugin of a bundler does: the compiled operation in place of its text. */
function withRelayArtifacts(code: string): string {
  const imports: string[] = [];
  const compiled = code.replaceAll(/graphql`\s*\w+ (\w+)[^`]*`/g, (_, name: string) => {
    imports.push(`import ${name} from './__generated__/${name}.graphql.ts';\n`);
    return name;
  });
  return imports.join('') + compiled;
}

/** Sends a token with each request of a page, as a proxy in front of the server would. */
const AUTHORIZE = `
  const { fetch } = window;
  window.fetch = (url, init = {}) =>
    fetch(url, { ...init, headers: { ...init.headers, authorization: 'Bearer ${TOKENS.plain}' } });`;

/**
 * Runs the code in a page of another origin. Returns the results that it shows, up to the first that ends it.
 *
 * @param environment Of the server. With `AUTH_TOKENS` the page is a caller without the scope for personal data.
 */
async function shownBy(
  code: string,
  isLast: (shown: string) => boolean,
  environment: Readonly<Record<string, string>> = {},
): Promise<readonly string[]> {
  const script = await bundle(code, await startServer(environment));
  const origin = await listen((_, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Front end</title>');
  });
  const page = await openPage();
  if ('AUTH_TOKENS' in environment) await page.addInitScript(AUTHORIZE);
  const shown: string[] = [];
  let end: () => void;
  const isOver = new Promise<void>((resolve) => {
    end = resolve;
  });
  // A document that loads before this is done has no `show`.
  await page.exposeFunction('show', (result: string) => {
    shown.push(result);
    if (isLast(result)) end();
  });
  await page.goto(origin);
  await page.addScriptTag({ content: script });
  await Promise.race([isOver, failureOf(page)]);
  return shown;
}

/** Rejects with the first error that nothing in the page catches, where the test would wait in vain. */
async function failureOf(page: Page): Promise<never> {
  throw await page.waitForEvent('pageerror', { timeout: 0 });
}

const SHOW = 'const print = (result) => show(JSON.stringify(result));';

const message = { __typename: 'Sms', id: '1', reference: 'ref_1', isStale: false };
const nobody = { __typename: 'BsgNotFoundError', subject: 'nobody', code: 'SMS_NOT_FOUND', message: 'SMS not found' };

describe.skipIf(!hasChromium || !isInstalled)(`docs/front-ends.md (needs ${CHROMIUM}, and npm ci in ${FOLDER})`, () => {
  beforeAll(() => {
    extractFiles();
    run('graphql-codegen', '--errors-only');
    run('relay-compiler', 'relay.config.json');
  }, 240_000);

  it('has files that compile', () => {
    run('tsc', '--project', '..');
  }, 240_000);

  it.each(['apollo', 'urql'])('shows by %s.ts a table and a campaign that change in place', async (name) => {
    const code = `
      import { watch } from './${name}.ts';
      import { CampaignPanel, CampaignUpdates, Messages, MessageUpdates } from './operations.ts';
      ${SHOW}
      watch(Messages, MessageUpdates, { references: ['ref_1', 'nobody'] }, (data) => {
        print(data);
        if (data.smsBatch.results[0].isFinal) watch(CampaignPanel, CampaignUpdates, { taskId: '6' }, print);
      });`;
    const shown = await shownBy(code, (result) => result.includes('"deliveryRate":1'));

    const messages = shown.map((each) => JSON.parse(each).smsBatch?.results).filter((each) => each !== undefined);
    expect(messages[0]).toMatchObject([{ ...message, isFinal: false }, nobody]);
    expect(messages.at(-1)).toMatchObject([{ ...message, status: 'DELIVERED', isFinal: true }, nobody]);
    expect(JSON.parse(shown.at(-1) ?? '').campaign).toMatchObject({ id: '6', isFinal: true, delivered: 2 });
  });

  it.each(['apollo', 'urql'])(
    'shows by %s.ts a table whose phone numbers are withheld, and changes it',
    async (name) => {
      const code = `
      import { watch } from './${name}.ts';
      import { Messages, MessageUpdates } from './operations.ts';
      ${SHOW}
      watch(Messages, MessageUpdates, { references: ['ref_1'] }, print);`;
      const shown = await shownBy(code, (result) => result.includes('DELIVERED'), { AUTH_TOKENS });
      const final = { ...message, msisdn: null, status: 'DELIVERED', isFinal: true };
      expect(JSON.parse(shown.at(-1) ?? '').smsBatch.results).toEqual([final]);
    },
  );

  it('receives changes by HttpLink alone, as multipart', async () => {
    const code = `
      import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client';
      import fragments from './gql/possible-types.ts';
      import { MessageUpdates } from './operations.ts';
      ${SHOW}
      const link = new HttpLink({ uri: '${ADDRESS}/graphql' });
      const client = new ApolloClient({ link, cache: new InMemoryCache(fragments) });
      client
        .subscribe({ query: MessageUpdates, variables: { references: ['ref_1'] } })
        .subscribe({ next: ({ data }) => print(data), complete: () => print('completed') });`;
    const shown = await shownBy(code, (result) => result === '"completed"');
    expect(JSON.parse(shown.at(-2) ?? '').smsUpdates).toMatchObject({ ...message, status: 'DELIVERED' });
  });

  it('shows by relay.ts a table that changes in place, and keeps ids apart by their types', async () => {
    const code = `
      import { createOperationDescriptor, fetchQuery, getRequest } from 'relay-runtime';
      import { environment, keepLive, messages } from './relay.ts';
      ${SHOW}
      const operation = createOperationDescriptor(getRequest(messages), { references: ['ref_1', 'nobody'] });
      environment.retain(operation);
      environment.subscribe(environment.lookup(operation.fragment), ({ data }) => print(data));
      keepLive(['ref_1', 'nobody'], () => print(environment.getStore().getSource().getRecordIDs()));`;
    const shown = await shownBy(code, (result) => result.startsWith('['));

    const results = shown.slice(0, -1).map((each) => JSON.parse(each).smsBatch.results);
    expect(results[0]).toMatchObject([{ ...message, isFinal: false }, nobody]);
    expect(results.at(-1)).toMatchObject([{ ...message, status: 'DELIVERED', isFinal: true }, nobody]);
    expect(JSON.parse(shown.at(-1) ?? '')).toContain('Sms:1');
  });

  it('shows by tanstack.ts what polls return, up to the final batch', async () => {
    const code = `
      import { watchMessages } from './tanstack.ts';
      ${SHOW}
      watchMessages(['ref_1'], print);`;
    const shown = await shownBy(code, (result) => result.includes('"smsBatch":{"isFinal":true'));
    expect(JSON.parse(shown.at(-1) ?? '').smsBatch.results).toMatchObject([{ ...message, status: 'DELIVERED' }]);
  });

  it('receives changes by websocket.ts, up to the end', async () => {
    const code = `
      import { print as textOf } from 'graphql';
      import { MessageUpdates } from './operations.ts';
      import { events } from './websocket.ts';
      ${SHOW}
      sessionStorage.setItem('authorization', 'Bearer token_of_nobody');
      const complete = () => print('completed');
      const operation = { query: textOf(MessageUpdates), variables: { references: ['ref_1'] } };
      events.subscribe(operation, { next: ({ data }) => print(data.smsUpdates), error: print, complete });`;
    const shown = await shownBy(code, (result) => result === '"completed"');
    expect(JSON.parse(shown.at(-2) ?? '')).toMatchObject({ ...message, status: 'DELIVERED' });
  });

  it('closes by event-source.ts the stream once it is complete', async () => {
    const code = `
      import { watchMessages } from './event-source.ts';
      ${SHOW}
      const { close } = EventSource.prototype;
      EventSource.prototype.close = function () { close.call(this); print('closed'); };
      watchMessages(['ref_1'], print);`;
    const shown = await shownBy(code, (result) => result === '"closed"');
    expect(JSON.parse(shown.at(-2) ?? '')).toEqual({ reference: 'ref_1', status: 'DELIVERED', isFinal: true });
  });
});
