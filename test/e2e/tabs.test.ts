import type * as GraphqlWs from 'graphql-ws';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { startApp } from '../helpers/app.ts';
import { CHROMIUM, hasChromium, openPage } from '../helpers/browser.ts';
import { knowsAll, startFakeBsg } from '../helpers/fake-bsg.ts';
import { graphqlPost, listen } from '../helpers/http.ts';

/** What the script of a tab keeps between its steps. */
interface Tab {
  readonly graphqlWs: typeof GraphqlWs;
  updates: AsyncIterableIterator<{ readonly data?: { readonly smsUpdates: { readonly status: string } } | null }>;
}
declare const window: Tab;

const TABS = 10;
const query = 'subscription { smsUpdates(ids: ["1"]) { ... on Sms { status } } }';

/** Subscribes in a tab, as a page with graphql-ws does. */
async function subscribeIn(tab: Page): Promise<void> {
  await tab.addScriptTag({ path: 'node_modules/graphql-ws/umd/graphql-ws.min.js' });
  await tab.evaluate((text) => {
    const client = window.graphqlWs.createClient({ url: `ws://${location.host}/graphql` });
    window.updates = client.iterate<{ smsUpdates: { status: string } }>({ query: text }) as never;
  }, query);
}

const nextStatusIn = (tab: Page) =>
  tab.evaluate(async () => (await window.updates.next()).value?.data?.smsUpdates.status);

const queryIn = (tab: Page) =>
  tab.evaluate(async (init) => (await fetch('/graphql', init)).json(), graphqlPost({ query: '{ __typename }' }));

describe.skipIf(!hasChromium)(`ten tabs of one browser over HTTP/1.1 (needs ${CHROMIUM})`, () => {
  it('are each live over a WebSocket, and each has its queries answered meanwhile', async () => {
    const bsg = await startFakeBsg(knowsAll({ status: 'sent' }));
    const app = startApp(bsg.baseUrl, { LIVE_INTERVAL_MS: '100', CACHE_TTL_MS: '0' });
    const address = await listen(app.listener, app);
    const context = await (await openPage()).context().browser()?.newContext();
    const tabs = await Promise.all(Array.from({ length: TABS }, async () => context?.newPage() as Promise<Page>));
    for (const tab of tabs) {
      await tab.goto(`${address}/health`);
      await subscribeIn(tab);
    }
    expect(await Promise.all(tabs.map(nextStatusIn))).toEqual(Array(TABS).fill('SENT'));

    for (const tab of tabs) expect(await queryIn(tab)).toEqual({ data: { __typename: 'Query' } });

    bsg.respond = knowsAll({ status: 'delivered' });
    expect(await Promise.all(tabs.map(nextStatusIn))).toEqual(Array(TABS).fill('DELIVERED'));
    expect(await Promise.all(tabs.map(nextStatusIn))).toEqual(Array(TABS).fill(undefined));
  });

  it('cannot open a WebSocket from a page of another origin', async () => {
    const app = startApp((await startFakeBsg()).baseUrl, { AUTH: 'none' });
    const address = await listen(app.listener, app);
    const elsewhere = await listen((_, response) => response.end('A page of another origin.'));
    const page = await openPage();
    await page.goto(elsewhere);
    const code = await page.evaluate(
      (url) =>
        new Promise((resolve) => {
          const socket = new WebSocket(url, 'graphql-transport-ws');
          socket.onopen = () => socket.send('{"type":"connection_init"}');
          socket.onclose = (event) => resolve(`${event.code} ${event.reason}`);
        }),
      `${address.replace('http', 'ws')}/graphql`,
    );
    expect(code).toBe('4403 CROSS_SITE_REQUEST');
  });
});
