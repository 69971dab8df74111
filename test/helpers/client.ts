import { onTestFinished } from 'vitest';
import { type BsgClientOptions, createBsgClient } from '../../src/bsg/client.ts';
import { keyOf } from '../../src/bsg/resource.ts';
import { campaign } from '../../src/bsg/resources/campaign.ts';
import { smsById, smsByReference } from '../../src/bsg/resources/sms.ts';

/** A client of the BSG at `baseUrl`, for as long as the test lives. Retries come at once, without a random wait. */
export function startClient(baseUrl: string, differences: Partial<BsgClientOptions> = {}) {
  const client = createBsgClient({
    baseUrl,
    apiKey: 'live_test_key',
    timezone: 'UTC',
    campaignPath: null,
    timeoutMs: 30_000,
    retries: 2,
    maxConcurrency: 50,
    random: () => 0,
    ...differences,
  });
  onTestFinished(client.dispose);
  return {
    fetch: client.fetch,
    massStatus: () => client.massStatus,
    smsById: (id: string) => client.fetch(keyOf(smsById, id)),
    smsByReference: (reference: string) => client.fetch(keyOf(smsByReference, reference)),
    campaign: (taskId: string) => client.fetch(keyOf(campaign, taskId)),
  };
}
