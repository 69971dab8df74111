import { onTestFinished } from 'vitest';
import { type BsgClientOptions, createBsgClient } from '../../src/bsg/client.ts';

/** A client of the upstream at `baseUrl`, for as long as the test lives. Retries come at once: there is no random wait. */
export function startClient(baseUrl: string, differences: Partial<BsgClientOptions> = {}) {
  const client = createBsgClient({
    baseUrl,
    apiKey: 'live_test_key',
    timezone: 'UTC',
    campaignPath: null,
    timeoutMs: 5_000,
    retries: 2,
    maxConcurrency: 50,
    random: () => 0,
    ...differences,
  });
  onTestFinished(client.dispose);
  return client;
}
