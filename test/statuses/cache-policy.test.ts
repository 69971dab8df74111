import { expect, it } from 'vitest';
import { failure } from '../../src/bsg/failure.ts';
import { campaign as campaignResource } from '../../src/bsg/resources/campaign.ts';
import { smsById } from '../../src/bsg/resources/sms.ts';
import { ttlOf } from '../../src/statuses/cache-policy.ts';
import { campaignWith } from '../helpers/campaign.ts';
import { smsWith } from '../helpers/sms.ts';

const policy = { finalTtlMs: 1_000, pendingTtlMs: 10, staleIfErrorMs: 100 };

it.each(['delivered', 'read', 'expired', 'undelivered', 'rejected', 'failed', 'deleted'])(
  '%s gets the final TTL',
  (word) => {
    expect(ttlOf(smsById, smsWith(word), policy)).toEqual({ freshMs: 1_000, staleMs: 100 });
  },
);

it.each(['scheduled', 'moderation', 'accepted', 'sending', 'sent', 'unknown', 'teleported'])(
  '%s can still change, so it gets the pending TTL',
  (word) => {
    expect(ttlOf(smsById, smsWith(word), policy)).toEqual({ freshMs: 10, staleMs: 100 });
  },
);

it.each([
  ['done', { total: 2, sent: 2, delivered: 1, expired: 1 }, 1_000],
  ['half way', { sent: 2, delivered: 1 }, 10],
  ['waiting for a report', { sent: 2, delivered: 1, unknown: 1 }, 10],
  ['about to start', {}, 10],
])('a campaign that is %s gets its TTL', (_, counts, freshMs) => {
  expect(ttlOf(campaignResource, campaignWith(counts), policy)).toEqual({ freshMs, staleMs: 100 });
});

it('a final campaign is cached for an hour at most, and for ten minutes without a total, as it may go on', () => {
  const aDay = { ...policy, finalTtlMs: 86_400_000 };
  const done = campaignWith({ sent: 2, delivered: 2 });
  expect(ttlOf(campaignResource, { ...done, total: 2 }, aDay).freshMs).toBe(3_600_000);
  expect(ttlOf(campaignResource, { ...done, countersSinceMs: 0 }, aDay).freshMs).toBe(600_000);
});

it.each(['SMS_NOT_FOUND', 'TASK_NOT_FOUND'] as const)('%s gets the pending TTL and is never served stale', (code) => {
  expect(ttlOf(smsById, failure(code, '1'), policy)).toEqual({ freshMs: 10, staleMs: 0 });
});

it.each([
  'TIMEOUT',
  'NETWORK',
  'RATE_LIMITED',
  'BAD_RESPONSE',
  'UNRECOGNIZED',
  'UNKNOWN_ERROR',
  'INVALID_API_KEY',
] as const)('%s is not cached', (code) => {
  expect(ttlOf(smsById, failure(code, '1'), policy)).toEqual({ freshMs: 0, staleMs: 0 });
});
