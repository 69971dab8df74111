/** The browser that tests use. */
import { existsSync } from 'node:fs';
import { chromium, type Page } from 'playwright-core';
import { onTestFinished } from 'vitest';

/** Debian's path of the browser; suites that need it are skipped where there is none. */
export const CHROMIUM = '/usr/bin/chromium';

/** Whether there is a browser. */
export const hasChromium = existsSync(CHROMIUM);

/** An empty page in a browser of its own, which can reach only this machine; lives as long as the test. */
export async function openPage(): Promise<Page> {
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
  const page = await (await browser.newContext()).newPage();
  page.setDefaultTimeout(15_000);
  return page;
}
