import { existsSync } from 'node:fs';
import { chromium, type Page } from 'playwright-core';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { EXAMPLES } from '../../src/graphiql/examples.ts';
import { startAppOnSandbox } from '../helpers/app.ts';
import { listen } from '../helpers/http.ts';
import { AUTH_TOKENS } from '../helpers/secrets.ts';

const CHROMIUM = '/usr/bin/chromium';

/** Opens the page in a browser that reaches nothing but this machine. */
async function openGraphiQL(
  environment: Readonly<Record<string, string>> = {},
): Promise<{ readonly page: Page; readonly asked: string[] }> {
  const { app } = await startAppOnSandbox(environment);
  const address = await listen(app.listener);
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
    ],
  });
  onTestFinished(() => browser.close());
  const page = await browser.newPage();
  page.setDefaultTimeout(15_000);
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.goto(`${address}/graphql`);
  return { page, asked };
}

/**
 * Presses the play button until the result has the text. GraphiQL learns a moment after a tab is opened which operation is
 * in it, and until then asks for that of the tab before.
 */
async function runUntilShown(page: Page, text: string): Promise<void> {
  const run = async () => {
    await page.locator('.graphiql-execute-button').click();
    await page.locator('.result-window', { hasText: text }).waitFor({ timeout: 3_000 });
  };
  await vi.waitFor(run, { timeout: 40_000 });
}

describe.skipIf(!existsSync(CHROMIUM))(`GraphiQL in a browser (needs ${CHROMIUM})`, () => {
  it('has a place for the token in each tab, where callers need one', async () => {
    const { page } = await openGraphiQL({ AUTH_TOKENS });
    await page.getByText('Headers', { exact: true }).first().click();
    for (const tab of ['OneSms', 'OneCampaign']) {
      await page.getByText(tab, { exact: true }).first().click();
      await page.locator('.graphiql-editor-tools ~ section', { hasText: 'Bearer your-token' }).first().waitFor();
    }
    await runUntilShown(page, 'Invalid or expired token.');
  });

  it('opens without the internet, shows the tabs, and runs them', async () => {
    const { page, asked } = await openGraphiQL();

    const tabs = page.locator('.graphiql-tab-button');
    await tabs.first().waitFor();
    expect(await tabs.allTextContents()).toEqual(
      EXAMPLES.map(({ query }) => expect.stringContaining(/(?:query|subscription) (\w+)/.exec(query)?.[1] ?? '')),
    );
    await runUntilShown(page, '"DELIVERED"');
    await tabs.filter({ hasText: 'EveryKindOfError' }).click();
    await runUntilShown(page, '"SMS_NOT_FOUND"');

    const paths = asked.filter((url) => url.startsWith('http')).map((url) => new URL(url));
    expect(paths.every(({ hostname, pathname }) => hostname === '127.0.0.1' && pathname === '/graphql')).toBe(true);
  }, 100_000);

  it('has a tab that moves by itself', async () => {
    const { page } = await openGraphiQL();
    await page.locator('.graphiql-tab-button', { hasText: 'Live' }).click();

    await runUntilShown(page, '"SCHEDULED"');
    await page.locator('.result-window', { hasText: '"SENT"' }).waitFor({ timeout: 20_000 });
    await page.locator('.result-window', { hasText: '"UNKNOWN"' }).waitFor({ timeout: 20_000 });
  }, 100_000);

  it('is told of changes by an EventSource, as any page of the server may be', async () => {
    const { page } = await openGraphiQL();

    const told = await page.evaluate(
      () =>
        new Promise<string[]>((resolve) => {
          const query = 'subscription { smsUpdates(references: ["moving_1"]) { ... on Sms { status } } }';
          const source = new EventSource(`/graphql?query=${encodeURIComponent(query)}`);
          const events: string[] = [];
          source.addEventListener('next', ({ data }) => events.push(data));
          source.addEventListener('complete', () => {
            source.close();
            resolve(events);
          });
        }),
    );
    expect(told.map((event) => JSON.parse(event).data.smsUpdates.status)).toEqual(['SCHEDULED', 'SENT', 'DELIVERED']);
  }, 100_000);
});
