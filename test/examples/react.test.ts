import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM, hasChromium, openPage } from '../helpers/browser.ts';
import { freePort } from '../helpers/http.ts';
import { type Program, runProgram } from '../helpers/process.ts';
import { AUTH_TOKENS, TOKENS } from '../helpers/secrets.ts';

const FOLDER = 'examples/react';
const VITE = `${FOLDER}/node_modules/vite/bin/vite.js`;

/** BSG fails until the faults are removed. */
const injectFaults = { method: 'POST', body: JSON.stringify({ kind: '500', times: 1_000 }) };

/** A server on the sandbox, on a port of its own that survives a restart. */
async function createServer(environment: Readonly<Record<string, string>> = {}) {
  const port = String(await freePort());
  return {
    url: `http://127.0.0.1:${port}`,
    async start(): Promise<Program> {
      const program = runProgram([], { PORT: port, SANDBOX_PORT: '0', LIVE_INTERVAL_MS: '500', ...environment });
      await program.printed(/^GraphiQL/m);
      return program;
    },
  };
}

/** The example as it is built, in front of that server. Returns its address. */
async function startExample(serverUrl: string, environment: Readonly<Record<string, string>> = {}): Promise<string> {
  const args = ['preview', FOLDER, '--host', '127.0.0.1', '--port', '0'];
  const program = runProgram(args, { BSG_GRAPHQL_URL: serverUrl, NO_COLOR: '1', ...environment }, VITE);
  const [, address = ''] = await program.printed(/Local: +(http:\S+)/);
  return address;
}

/** Opens the example with messages of the sandbox that move, and errors of each kind; in that page, if there is one already. */
async function openExample(address: string, client: string, page?: Page): Promise<Page> {
  const references = 'moving_1,moving_10,nobody,order 42,error_8,error_11,error_23';
  page ??= await openPage();
  await page.goto(`${address}?${new URLSearchParams({ client, references, campaign: '5010' })}`);
  return page;
}

/** Resolves once the row of the message shows the status. */
function showsStatus(page: Page, reference: string, status: string): Promise<void> {
  return page
    .getByRole('row', { name: new RegExp(`^${reference}\\b`) })
    .getByText(status, { exact: true })
    .waitFor();
}

/** How many messages of the campaign have an outcome. */
function progressOf(page: Page): Promise<number> {
  return page.getByRole('progressbar').evaluate((element) => ('value' in element ? Number(element.value) : 0));
}

const isInstalled = existsSync(VITE);

describe.skipIf(!hasChromium || !isInstalled)(`the React example (needs ${CHROMIUM}, and npm ci in ${FOLDER})`, () => {
  beforeAll(() => {
    const env = { ...process.env, NODE_ENV: 'production' };
    execFileSync('npm', ['run', '--silent', 'build'], { cwd: FOLDER, env, stdio: 'inherit' });
  }, 120_000);

  describe.each(['apollo', 'urql'])('with %s', (client) => {
    it('shows each change of the messages and of the campaign, and reads the changes out', async () => {
      const server = await createServer();
      await server.start();
      const page = await openExample(await startExample(server.url), client);

      await showsStatus(page, 'moving_1', 'Scheduled');
      await showsStatus(page, 'moving_1', 'Sent');
      await showsStatus(page, 'moving_10', 'Rejected');
      await expect.poll(() => progressOf(page)).toBeGreaterThan(0);
      const before = await progressOf(page);
      await showsStatus(page, 'moving_1', 'Delivered');
      await page.getByRole('status').getByText('moving_1: Delivered.').waitFor({ state: 'attached' });
      await expect.poll(() => progressOf(page)).toBeGreaterThan(before);
      expect(await page.getByRole('region', { name: 'Totals' }).getByRole('definition').allTextContents()).toEqual([
        '2',
        '150%',
        '00%',
        '150%',
        '€0.46',
      ]);
    }, 100_000);

    it('groups errors by what to do about them', async () => {
      const server = await createServer();
      await server.start();
      const page = await openExample(await startExample(server.url), client);

      const panel = page.getByRole('region', { name: 'Needs attention' });
      await panel.waitFor();
      expect(await panel.getByRole('heading', { level: 3 }).allTextContents()).toEqual([
        'Try again later',
        'Correct the request',
        'Check the reference',
        'Use another',
        'Contact the operator',
      ]);
      expect(await panel.getByRole('listitem').allTextContents()).toEqual(
        ['error_11', 'order 42', 'nobody', 'error_23', 'error_8'].map((subject) => expect.stringContaining(subject)),
      );
    }, 100_000);

    it('shows every change to a caller who may not see personal data, without these', async () => {
      const server = await createServer({ AUTH_TOKENS });
      await server.start();
      const address = await startExample(server.url, { BSG_GRAPHQL_TOKEN: TOKENS.plain });
      const page = await openExample(address, client);

      await page.getByText('The text is hidden from you.').waitFor();
      await showsStatus(page, 'moving_1', 'Sent');
      await expect.poll(() => progressOf(page)).toBeGreaterThan(0);
      expect(await page.getByText('+380').count()).toBe(0);
    }, 100_000);

    it('marks what it shows as stale while BSG cannot be reached', async () => {
      const server = await createServer();
      const [, sandboxUrl = ''] = await (await server.start()).printed(/^Sandbox +(\S+)/m);
      const faults = new URL('/faults', sandboxUrl);
      const page = await openExample(await startExample(server.url), client);
      await showsStatus(page, 'moving_1', 'Sent');

      await fetch(faults, injectFaults);
      await showsStatus(page, 'moving_1', 'Stale');
      await showsStatus(page, 'moving_1', 'Sent');
      await page.getByRole('region', { name: 'Campaign 5010' }).getByText('Stale', { exact: true }).waitFor();

      await fetch(faults, { method: 'DELETE' });
      await showsStatus(page, 'moving_1', 'Delivered');
      await page.getByText('Stale', { exact: true }).first().waitFor({ state: 'detached' });
    }, 100_000);

    it('goes on by itself after the server was restarted', async () => {
      const server = await createServer();
      const first = await server.start();
      const page = await openExample(await startExample(server.url), client);
      await page.getByText('Live', { exact: true }).waitFor();

      first.child.kill('SIGTERM');
      await first.ended;
      await page.getByText('Reconnecting', { exact: true }).waitFor();
      await server.start();

      await page.getByText('Live', { exact: true }).waitFor();
      // The sandbox of the new process starts afresh.
      await showsStatus(page, 'moving_1', 'Scheduled');
      await showsStatus(page, 'moving_1', 'Sent');
    }, 100_000);

    it('says that loading failed, and goes on once the server is there', async () => {
      const server = await createServer();
      const page = await openExample(await startExample(server.url), client);
      await page.getByText('Loading failed.').first().waitFor();

      await server.start();
      await showsStatus(page, 'moving_1', 'Scheduled');
      await page.getByText('Live', { exact: true }).waitFor();
    }, 100_000);
  });

  it('is live in ten tabs of one browser', async () => {
    const server = await createServer();
    const [, sandboxUrl = ''] = await (await server.start()).printed(/^Sandbox +(\S+)/m);
    const address = await startExample(server.url);
    const tabs = [await openExample(address, 'apollo')];
    for (let tab = 1; tab < 10; tab++)
      tabs.push(await openExample(address, tab % 2 === 0 ? 'apollo' : 'urql', await tabs[0]?.context().newPage()));

    for (const tab of tabs) await tab.getByText('Live', { exact: true }).waitFor();
    await fetch(new URL('/faults', sandboxUrl), injectFaults);
    for (const tab of tabs) await showsStatus(tab, 'moving_1', 'Stale');
  }, 100_000);

  it('fits a phone, and is used by keyboard', async () => {
    const server = await createServer();
    await server.start();
    const page = await openExample(await startExample(server.url), 'apollo');
    await page.setViewportSize({ width: 390, height: 844 });
    await showsStatus(page, 'moving_1', 'Scheduled');
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);

    // The client, then the theme, then the dialog; arrow keys choose.
    for (const key of ['Tab', 'Tab', 'ArrowRight', 'ArrowRight']) await page.keyboard.press(key);
    expect(await page.evaluate(() => document.documentElement.style.colorScheme)).toBe('dark');
    for (const key of ['Tab', 'Enter']) await page.keyboard.press(key);
    await page.getByRole('dialog', { name: 'What to show' }).waitFor();
    await page.getByLabel('References of messages').fill('longest_id');
    await page.getByRole('button', { name: 'Show' }).press('Enter');

    await showsStatus(page, 'longest_id', 'Delivered');
    expect(await page.getByRole('row').count()).toBe(2);
  }, 100_000);
});
