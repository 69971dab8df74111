import { expect, it } from 'vitest';
import type { Campaign } from '../../src/bsg/campaign.ts';
import { failure } from '../../src/bsg/failure.ts';
import { campaign as campaignResource } from '../../src/bsg/resources/campaign.ts';
import { smsById } from '../../src/bsg/resources/sms.ts';
import { ttlOf } from '../../src/statuses/cache-policy.ts';
import { smsWith } from '../helpers/sms.ts';

const policy = { finalTtlMs: 1_000, pendingTtlMs: 10, staleIfErrorMs: 100 };

function campaign(counts: Partial<Campaign>): Campaign {
  const nothing = { originator: null, body: null, validity: null, totalPrice: null, currency: null };
  const none = { sent: 0, delivered: 0, expired: 0, undeliverable: 0, unknown: 0 };
  return { kind: 'campaign', taskId: '1', ...nothing, ...none, ...counts, fetchedAt: '' };
}

it.each(['delivered', 'expired', 'undeliverable', 'rejected'])('%s gets the final TTL', (word) => {
  expect(ttlOf(smsById, smsWith(word), policy)).toEqual({ freshMs: 1_000, staleMs: 100 });
});

it.each(['scheduled', 'moderation', 'accepted', 'sending', 'sent', 'unknown', 'teleported'])(
  '%s can still change, so it gets the pending TTL',
  (word) => {
    expect(ttlOf(smsById, smsWith(word), policy)).toEqual({ freshMs: 10, staleMs: 100 });
  },
);

it.each([
  ['done', { sent: 2, delivered: 1, expired: 1 }, 1_000],
  ['half way', { sent: 2, delivered: 1 }, 10],
  ['waiting for a report', { sent: 2, delivered: 1, unknown: 1 }, 10],
  ['about to start', {}, 10],
])('a campaign that is %s gets its TTL', (_, counts, freshMs) => {
  expect(ttlOf(campaignResource, campaign(counts), policy)).toEqual({ freshMs, staleMs: 100 });
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
