import { onTestFinished } from 'vitest';
import { type BsgClient, type BsgClientOptions, createBsgClient } from '../../src/bsg/client.ts';
import type { BsgFailure } from '../../src/bsg/failure.ts';
import { noObserver } from '../../src/bsg/observer.ts';
import { type BsgValue, keyOf, type StatusKey } from '../../src/bsg/resource.ts';
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
    fetch: <Value extends BsgValue>(key: StatusKey<Value>, known: Value | BsgFailure | null = null) =>
      fetchOne(client, key, known),
    /** The client in place of a cache. */
    getAll: <Value extends BsgValue>(keys: readonly StatusKey<Value>[]) =>
      Promise.all(keys.map((key) => fetchOne(client, key))),
    massStatus: () => client.massStatus,
    smsById: (id: string) => fetchOne(client, keyOf(smsById, id)),
    smsByReference: (reference: string) => fetchOne(client, keyOf(smsByReference, reference)),
    campaign: (taskId: string) => fetchOne(client, keyOf(campaign, taskId)),
  };
}

async function fetchOne<Value extends BsgValue>(
  client: BsgClient,
  key: StatusKey<Value>,
  known: Value | BsgFailure | null = null,
): Promise<Value | BsgFailure> {
  const results: (Value | BsgFailure)[] = [];
  await client.fetch([{ key, knownResult: known }], noObserver, (result) => results.push(result));
  const [result] = results;
  if (result === undefined) throw new Error('The client reported no result.');
  return result;
}

/** A client whose results the test makes, one key at a time. */
export function clientOf(
  fetch: <Value extends BsgValue>(key: StatusKey<Value>) => Promise<Value | BsgFailure>,
): Pick<BsgClient, 'fetch'> {
  return {
    async fetch(fetches, _, onResult) {
      await Promise.all(fetches.map(async ({ key }, i) => onResult(await fetch(key), i)));
    },
  };
}
