import type { RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import type { Locator } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { EXAMPLES } from '../../src/graphiql/examples.ts';
import { CHROMIUM, hasChromium } from '../helpers/browser.ts';
import { type GraphiQL, openGraphiQL } from '../helpers/graphiql.ts';
import { AUTH_TOKENS, TOKENS } from '../helpers/secrets.ts';

const shown = (locator: Locator, text: string) => locator.filter({ hasText: text }).waitFor();

const stored = ({ page }: GraphiQL) =>
  page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));

/** The title of the tab in front. */
const front = ({ page }: GraphiQL) => page.locator('.graphiql-tab-active .graphiql-tab-button').textContent();

describe.skipIf(!hasChromium)(`GraphiQL in a browser (needs ${CHROMIUM})`, { timeout: 100_000 }, () => {
  it('opens offline with the examples, and runs each as soon as its tab is opened', async () => {
    const { tabs, openTab, play, result, requested, violations } = await openGraphiQL();

    expect(await tabs.allTextContents()).toEqual(
      EXAMPLES.map(({ query }) => /^(?:query|subscription) (\w+)/m.exec(query)?.[1]),
    );
    await play();
    await shown(result, '"DELIVERED"');
    await openTab('EveryKindOfError');
    await play();
    await shown(result, '"SMS_NOT_FOUND"');
    await openTab('ByReference');
    await play();
    await shown(result, '"statusText"');

    const urls = requested.filter((url) => url.startsWith('http')).map((url) => new URL(url));
    expect(urls.every(({ hostname, pathname }) => hostname === '127.0.0.1' && pathname.startsWith('/graphql'))).toBe(
      true,
    );
    expect(violations).toEqual([]);
  });

  it('blocks scripts that are not its own', async () => {
    const { page } = await openGraphiQL();
    const hasRun = await page.evaluate(async () => {
      const blocked = new Promise((resolve) => document.addEventListener('securitypolicyviolation', resolve));
      const script = document.createElement('script');
      script.textContent = 'document.title = "has run"';
      document.body.append(script);
      await blocked;
      return document.title === 'has run';
    });
    expect(hasRun).toBe(false);
  });

  it('sends the token that was entered once with every tab, and loads the schema with it', async () => {
    const graphiql = await openGraphiQL({ environment: { AUTH_TOKENS } });
    const { page, result, enterToken, openTab, play } = graphiql;
    await shown(result, 'Authentication required');

    await enterToken(`Bearer ${TOKENS.plain}`);

    await page.getByLabel('Show Documentation Explorer').click();
    await page.getByText('A GraphQL schema provides a root type').waitFor();
    expect(await result.textContent()).not.toContain('Authentication required');
    for (const tab of ['OneCampaign', 'OneSms']) {
      await openTab(tab);
      await play();
      await shown(result, '"data"');
    }
    await page.reload();
    expect(await page.getByLabel('Token', { exact: true }).inputValue()).toBe('');
  });

  it('stores neither the token nor the headers of a tab, also in its history', async () => {
    const headers = encodeURIComponent(`{"authorization":"Bearer ${TOKENS.personal}"}`);
    const search = `?query={sms(id:"211"){...on Sms{msisdn}}}&headers=${headers}`;
    const graphiql = await openGraphiQL({ environment: { AUTH_TOKENS }, search });
    await graphiql.enterToken(TOKENS.plain);
    await graphiql.play();
    await shown(graphiql.result, '"msisdn": "');

    await expect.poll(() => stored(graphiql)).toContain('graphiql:queries');
    await expect.poll(() => stored(graphiql)).toContain('graphiql:tabState');
    expect(await stored(graphiql)).not.toMatch(/token_of|authorization/i);
  });

  it('opens a query of the URL in one tab of its own, in front, each time', async () => {
    const query = 'query First { __typename } query Second($id: ID!) { sms(id: $id) { __typename } }';
    const link = new URLSearchParams({
      query,
      variables: '{"id":"211"}',
      operationName: 'Second',
      headers: '{"x-a":"1"}',
    });
    const graphiql = await openGraphiQL();
    const { page, url, tabs, openTab, result } = graphiql;
    const count = await tabs.count();

    for (const opened of ['first', 'again', 'after another tab'] as const) {
      if (opened === 'after another tab') await openTab('OneSms');
      await page.goto(`${url}?${link}`);
      await expect.poll(() => front(graphiql)).toBe('Second');
      expect(await tabs.count()).toBe(count + 1);
    }
    await page.getByText('Headers', { exact: true }).click();
    await page.locator('.graphiql-editor-tool', { hasText: '"x-a"' }).waitFor();
    await page.locator('.graphiql-query-editor .graphiql-editor').focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Control+Enter');
    await shown(result, '"__typename": "Sms"');
  });

  it('keeps a history of what was run', async () => {
    const { page, play, result } = await openGraphiQL();
    await play();
    await shown(result, '"DELIVERED"');
    await page.getByLabel('Show History').click();
    await page.locator('.graphiql-history-item', { hasText: 'OneSms' }).waitFor();
  });

  it('clears what it has stored, and nothing of other pages', async () => {
    const graphiql = await openGraphiQL();
    const { page } = graphiql;
    await page.evaluate(() => localStorage.setItem('other', 'kept'));
    await expect.poll(() => stored(graphiql)).toContain('graphiql:tabState');

    await page.getByLabel('Open settings dialog').click();
    await page.getByRole('button', { name: 'Clear data' }).click();
    await page.getByRole('button', { name: 'Cleared data' }).waitFor();

    expect(await page.evaluate(() => ({ ...localStorage }))).toEqual({ other: 'kept' });
  });

  it('says that a subscription is complete, and shows its earlier events', async () => {
    const search = '?query=subscription{smsUpdates(references:["moving_1"]){...on Sms{status}}}';
    const { page, events, play, result } = await openGraphiQL({ search });
    await play();
    await shown(events, 'Live: 1 event so far.');
    await shown(result, '"SCHEDULED"');
    await shown(events, 'Complete after');
    expect(await result.textContent()).not.toContain('"SCHEDULED"');

    await page.getByText('Earlier events').click();
    await shown(events.locator('li'), '"SCHEDULED"');
  });

  it('stops the subscription of a tab that is left, and says so there', async () => {
    const { events, openTab, play, result } = await openGraphiQL();
    await openTab('LiveCampaign');
    await play();
    await shown(events, 'Live: ');

    await openTab('OneSms');
    await events.waitFor({ state: 'detached' });
    await openTab('LiveCampaign');
    await shown(events, 'Stopped after');
    await shown(result, '"campaignUpdates"');
  });

  it('drops the response to a tab that was left, instead of showing it in another', async () => {
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    let isSlow = false;
    const proxy =
      (listener: RequestListener): RequestListener =>
      async (request, response) => {
        if (isSlow) await released;
        listener(request, response);
      };
    const { page, openTab, play, result } = await openGraphiQL({ proxy });
    isSlow = true;
    await play();
    const cancelled = page.waitForEvent('requestfailed');
    await openTab('OneCampaign');
    await cancelled;
    isSlow = false;
    release();

    await play();
    await shown(result, '"campaign"');
    expect(await result.textContent()).not.toContain('"sms"');
  });

  it('says that the server cannot be reached, and goes on when it is back', async () => {
    const { page, play, result } = await openGraphiQL();
    await page.context().setOffline(true);
    await play();
    await shown(result, 'The server cannot be reached.');
    await page.context().setOffline(false);
    await play();
    await shown(result, '"DELIVERED"');
  });

  it('says that a subscription was cut off', async () => {
    const sockets = new Set<Socket>();
    const proxy =
      (listener: RequestListener): RequestListener =>
      (request, response) => {
        sockets.add(request.socket);
        listener(request, response);
      };
    const { events, openTab, play, result } = await openGraphiQL({ proxy });
    await openTab('LiveCampaign');
    await play();
    await shown(events, 'Live: ');

    for (const socket of sockets) socket.destroy();

    await shown(events, 'Failed after');
    await shown(result, 'The connection was lost.');
  });

  it('can be used without a mouse: Escape leaves an editor, where Tab indents', async () => {
    const { page, result } = await openGraphiQL();
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
    await page.getByText('EveryKindOfError').focus();
    await page.keyboard.press('Enter');
    await page.locator('.graphiql-query-editor .graphiql-editor').focus();
    await page.keyboard.press('Enter');
    expect(await focused()).toBe('Editor content');
    await page.keyboard.press('Control+Enter');
    await shown(result, '"SMS_NOT_FOUND"');

    await page.keyboard.press('Escape');
    await page.keyboard.press('Tab');
    expect(await focused()).toContain('Execute query');
  });

  it('shows the documentation in place of the editors on a narrow screen', async () => {
    const { page } = await openGraphiQL({ width: 390 });
    const editor = page.locator('.graphiql-query-editor');
    await page.getByLabel('Show Documentation Explorer').click();
    await editor.waitFor({ state: 'hidden' });
    expect((await page.locator('.graphiql-plugin').boundingBox())?.height).toBeGreaterThan(600);
    await page.getByLabel('Hide Documentation Explorer').click();
    await editor.waitFor();
  });

  it.each([1024, 390])('has its title on one line, and room for query and result, at %i px', async (width) => {
    const { page } = await openGraphiQL({ environment: { AUTH_TOKENS }, width });
    const sizeOf = async (selector: string) => (await page.locator(selector).boundingBox()) ?? { width: 0, height: 0 };

    expect((await sizeOf('h1')).height).toBeLessThan(40);
    for (const part of ['.graphiql-query-editor', '.result-window']) {
      const size = await sizeOf(part);
      expect(size.width).toBeGreaterThan(300);
      expect(size.height).toBeGreaterThan(200);
    }
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
  });

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
  });
});
