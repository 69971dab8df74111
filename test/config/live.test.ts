import { expect, it } from 'vitest';
import { readConfig } from '../../src/config/config.ts';

it('the configuration of live updates takes each variable', () => {
  const environment = { LIVE_INTERVAL_MS: '500', LIVE_MAX_STREAMS: '7', WEBHOOK_SECRET: 'a-secret_of_16ch' };
  expect(readConfig(environment).live).toEqual({
    intervalMs: 500,
    maxStreams: 7,
    webhookSecret: 'a-secret_of_16ch',
  });
});
