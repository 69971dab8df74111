import type { Page } from 'playwright-core';
import { describe, expect, it, vi } from 'vitest';
import { EXAMPLES } from '../../src/graphiql/examples.ts';
import { startAppOnSandbox } from '../helpers/app.ts';
import { CHROMIUM, hasChromium, openPage } from '../helpers/browser.ts';
import { listen } from '../helpers/http.ts';
import { AUTH_TOKENS } from '../helpers/secrets.ts';

/** Opens the page in a browser that can reach only this machine. */
async function openGraphiQL(
  environment: Readonly<Record<string, string>> = {},
): Promise<{ readonly page: Page; readonly requested: string[] }> {
  const { app } = await startAppOnSandbox(environment);
  const address = await listen(app.listener);
  const page = await openPage();
  const requested: string[] = [];
  page.on('request', (request) => requested.push(request.url()));
  await page.goto(`${address}/graphql`);
  return { page, requested };
}

/**
 * Presses the play button until the result has the text. GraphiQL parses the operation of a tab a moment after it opens, and
 * until then sends that of the previous tab.
 */
async function runUntilShown(page: Page, text: string): Promise<void> {
  const run = async () => {
    await page.locator('.graphiql-execute-button').click();
    await page.locator('.result-window', { hasText: text }).waitFor({ timeout: 3_000 });
  };
  await vi.waitFor(run, { timeout: 40_000 });
}

describe.skipIf(!hasChromium)(`GraphiQL in a browser (needs ${CHROMIUM})`, () => {
  it('has a placeholder for the token in each tab, where callers need one', async () => {
    const { page } = await openGraphiQL({ AUTH_TOKENS });
    await page.getByText('Headers', { exact: true }).first().click();
    for (const tab of ['OneSms', 'OneCampaign']) {
      await page.getByText(tab, { exact: true }).first().click();
      await page.locator('.graphiql-editor-tools ~ section', { hasText: 'Bearer your-token' }).first().waitFor();
    }
    await runUntilShown(page, 'Invalid or expired token.');
  });

  it('opens offline, shows the tabs, and runs them', async () => {
    const { page, requested } = await openGraphiQL();

    const tabs = page.locator('.graphiql-tab-button');
    await tabs.first().waitFor();
    expect(await tabs.allTextContents()).toEqual(
      EXAMPLES.map(({ query }) => expect.stringContaining(/^(?:query|subscription) (\w+)/m.exec(query)?.[1] ?? '')),
    );
    await runUntilShown(page, '"DELIVERED"');
    await tabs.filter({ hasText: 'EveryKindOfError' }).click();
    await runUntilShown(page, '"SMS_NOT_FOUND"');

    const paths = requested.filter((url) => url.startsWith('http')).map((url) => new URL(url));
    expect(paths.every(({ hostname, pathname }) => hostname === '127.0.0.1' && pathname === '/graphql')).toBe(true);
  }, 100_000);

  it('has a tab with live updates', async () => {
    const { page } = await openGraphiQL();
    await page.locator('.graphiql-tab-button', { hasText: 'Live' }).click();

    await runUntilShown(page, '"SCHEDULED"');
    await page.locator('.result-window', { hasText: '"SENT"' }).waitFor({ timeout: 20_000 });
    await page.locator('.result-window', { hasText: '"UNKNOWN"' }).waitFor({ timeout: 20_000 });
  }, 100_000);

  it('receives changes with an EventSource, like any page of the same origin', async () => {
    const { page } = await openGraphiQL();

    const events = await page.evaluate(
      () =>
        new Promise<string[]>((resolve) => {
          const query = 'subscription { smsUpdates(references: ["moving_1"]) { ... on Sms { status } } }';
          const source = new EventSource(`/graphql?query=${encodeURIComponent(query)}`);
          const received: string[] = [];
          source.addEventListener('next', ({ data }) => received.push(data));
          source.addEventListener('complete', () => {
            source.close();
            resolve(received);
          });
        }),
    );
    expect(events.map((event) => JSON.parse(event).data.smsUpdates.status)).toEqual(['SCHEDULED', 'SENT', 'DELIVERED']);
  }, 100_000);
});
