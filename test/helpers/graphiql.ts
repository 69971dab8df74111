/** GraphiQL of an app, in a browser that reaches only this machine. */
import type { RequestListener } from 'node:http';
import type { Locator, Page } from 'playwright-core';
import { startAppOnSandbox } from './app.ts';
import { openPage } from './browser.ts';
import { listen } from './http.ts';

/** Options of {@link openGraphiQL}. */
interface GraphiQLOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** After `/graphql`, such as `?query={__typename}`. */
  readonly search?: string;
  /** Of the window, in pixels. */
  readonly width?: number;
  /** Stands between the browser and the app. */
  readonly proxy?: (listener: RequestListener) => RequestListener;
}

/** The open page. */
export interface GraphiQL {
  readonly page: Page;
  /** The address of the endpoint. */
  readonly url: string;
  /** The addresses of all requests. */
  readonly requested: readonly string[];
  /** What the browser has blocked by the page's content security policy. */
  readonly violations: readonly string[];
  readonly tabs: Locator;
  readonly result: Locator;
  readonly events: Locator;
  openTab(name: string): Promise<void>;
  /** Presses the play button, or the stop button while an operation runs. */
  play(): Promise<void>;
  /** Enters the token of all tabs. */
  enterToken(token: string): Promise<void>;
}

/** Opens the page and waits for its editors. */
export async function openGraphiQL(options: GraphiQLOptions = {}): Promise<GraphiQL> {
  const { environment, search = '', width = 1280, proxy = (listener) => listener } = options;
  const { app } = await startAppOnSandbox(environment);
  const url = `${await listen(proxy(app.listener))}/graphql`;
  const page = await openPage();
  page.setDefaultTimeout(40_000);
  await page.setViewportSize({ width, height: 844 });
  const requested: string[] = [];
  const violations: string[] = [];
  page.on('request', (request) => requested.push(request.url()));
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) violations.push(message.text());
  });
  await page.goto(url + search);
  await page.locator('.graphiql-query-editor .view-line').first().waitFor();
  const tabs = page.locator('.graphiql-tab-button');
  return {
    page,
    url,
    requested,
    violations,
    tabs,
    result: page.locator('.result-window'),
    events: page.getByRole('region', { name: 'Events of the subscription' }),
    openTab: (name) => tabs.filter({ hasText: name }).click(),
    play: () => page.locator('.graphiql-execute-button').click(),
    async enterToken(token) {
      await page.getByLabel('Token', { exact: true }).fill(token);
      await page.keyboard.press('Enter');
    },
  };
}
