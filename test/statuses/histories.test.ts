import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { SmsStatus } from '../../src/bsg/sms.ts';
import { startApp, type TestApp } from '../helpers/app.ts';
import { fakeTimers, passTimeUntil } from '../helpers/clock.ts';
import { type FakeBsg, sendJson, startFakeBsg, toMassItem, wireCampaign, wireSms } from '../helpers/fake-bsg.ts';
import { listen, subscribe } from '../helpers/http.ts';

const SECRET = 'secret_of_the_reports';
const COUNT = 4;
const ids = Array.from({ length: COUNT }, (_, i) => String(i + 1));

/** The words of the three dialects, as `bsg-api.md` lists them: what each is, and whether it is final. */
const WORDS: Readonly<Record<string, readonly [SmsStatus, boolean]>> = {
  scheduled: ['SCHEDULED', false],
  new: ['NEW', false],
  waiting: ['WAITING', false],
  moderation: ['MODERATION', false],
  accepted: ['ACCEPTED', false],
  sending: ['SENDING', false],
  sent: ['SENT', false],
  unknown: ['UNKNOWN', false],
  delivered: ['DELIVERED', true],
  read: ['READ', true],
  expired: ['EXPIRED', true],
  undeliverable: ['UNDELIVERABLE', true],
  undelivered: ['UNDELIVERABLE', true],
  rejected: ['REJECTED', true],
  failed: ['FAILED', true],
  deleted: ['DELETED', true],
};

const word = fc
  .tuple(fc.constantFrom(...Object.keys(WORDS)), fc.boolean())
  .map(([text, isUpper]) => (isUpper ? text.toUpperCase() : text));
const time = fc.constantFrom(
  ['2024-12-25 10:30:00', '2024-12-25T10:30:00Z'],
  ['2024-12-25T10:30:00.000000Z', '2024-12-25T10:30:00Z'],
  ['2024-12-25T12:30:00+02:00', '2024-12-25T10:30:00Z'],
  ['', null],
  [null, null],
  ['0000-00-00 00:00:00', null],
);

/** One thing that happens, and then a query for all messages. */
interface Step {
  readonly message: number;
  readonly word: string;
  readonly time: readonly (string | null)[];
  /** Whether BSG reports the change. */
  readonly isReported: boolean;
  /** Messages that a mass answer leaves out. */
  readonly gaps: readonly number[];
  readonly isReversed: boolean;
  readonly by: 'id' | 'reference';
  readonly passedSeconds: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  message: fc.nat(COUNT - 1),
  word,
  time,
  isReported: fc.boolean(),
  gaps: fc.subarray([0, 1, 2, 3], { maxLength: 2 }),
  isReversed: fc.boolean(),
  by: fc.constantFrom('id', 'reference'),
  passedSeconds: fc.integer({ min: 3, max: 3_600 }),
});

/** What a client has to see of one message. */
interface Expected {
  readonly id: string;
  readonly status: SmsStatus;
  readonly isFinal: boolean;
  readonly timeSent: string | null;
}

function expectedOf(id: string, { word, time }: Pick<Step, 'word' | 'time'>): Expected {
  const [status, isFinal] = WORDS[word.toLowerCase()] ?? ['UNRECOGNIZED', false];
  return { id, status, isFinal, timeSent: time[1] ?? null };
}

/** A BSG whose messages are as the last step that changed them says. */
async function startBsg(): Promise<FakeBsg & { states: Map<string, Pick<Step, 'word' | 'time'>>; step: Step | null }> {
  const states = new Map<string, Pick<Step, 'word' | 'time'>>(ids.map((id) => [id, { word: 'new', time: ['', null] }]));
  const wireOf = (id: string) => {
    const state = states.get(id);
    return wireSms({ id, reference: `ref_${id}`, status: state?.word, time_sent: state?.time[0] });
  };
  const bsg = Object.assign(await startFakeBsg(), { states, step: null as Step | null });
  bsg.respond = ({ kind, key, ids: requested }, response) => {
    if (kind !== 'getStatus') return sendJson(response, wireOf(key.replace('ref_', '')));
    const items = requested
      .filter((id) => bsg.step?.gaps.includes(Number(id) - 1) !== true)
      .map((id) => toMassItem(wireOf(id)));
    sendJson(response, { result: bsg.step?.isReversed === true ? items.reverse() : items });
  };
  return bsg;
}

async function readAll(app: TestApp, by: Step['by']): Promise<readonly Expected[]> {
  const keys = JSON.stringify(by === 'id' ? ids : ids.map((id) => `ref_${id}`));
  const { data } = await app.query<{ readonly smsBatch: { readonly results: readonly Expected[] } }, object>(
    `{ smsBatch(${by}s: ${keys}) { results { ... on Sms { id status isFinal timeSent } } } }`,
  );
  return data.smsBatch.results;
}

/** Makes a step happen, and compares what a client then sees with what it has to see. */
async function playStep(
  next: Step,
  bsg: Awaited<ReturnType<typeof startBsg>>,
  app: TestApp,
  seen: Map<string, Expected>,
) {
  const changed = String(next.message + 1);
  bsg.step = next;
  bsg.states.set(changed, next);
  if (next.isReported) {
    await app.fetch(`/hooks/bsg/${SECRET}?id=${changed}`);
    seen.delete(changed);
  }
  vi.advanceTimersByTime(next.passedSeconds * 1_000);

  for (const result of await readAll(app, next.by)) {
    const known = seen.get(result.id);
    // Final is cached for a day, and no history here is that long.
    expect(result).toEqual(known?.isFinal === true ? known : expectedOf(result.id, bsg.states.get(result.id) ?? next));
    seen.set(result.id, result);
  }
  expect([...seen.keys()].toSorted()).toEqual(ids);
}

describe('the history of a message', () => {
  it('is shown as BSG sends it, by id and by reference, and a final status changes by a delivery report alone', async () => {
    fakeTimers();
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        const bsg = await startBsg();
        const app = startApp(bsg.baseUrl, { WEBHOOK_SECRET: SECRET });
        const seen = new Map<string, Expected>();
        for (const next of steps) await playStep(next, bsg, app, seen);
      }),
      { numRuns: 40 },
    );
  });
});

const finalWord = word.filter((text) => WORDS[text.toLowerCase()]?.[1] === true);

describe('the subscription to a message', () => {
  it('ends, whatever its history is, with a final status that BSG gave', async () => {
    fakeTimers();
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 6 }),
        fc.tuple(finalWord, finalWord, finalWord, finalWord),
        async (steps, ends) => {
          const bsg = await startBsg();
          const address = await listen(startApp(bsg.baseUrl).listener);
          const updates = subscribe<{ readonly smsUpdates: Expected }, { readonly ids: readonly string[] }>(
            address,
            'subscription ($ids: [ID!]) { smsUpdates(ids: $ids) { ... on Sms { id status isFinal timeSent } } }',
            { ids },
          );
          for (const next of steps) {
            bsg.step = next;
            bsg.states.set(String(next.message + 1), next);
            vi.advanceTimersByTime(2_000);
            await nextTurn();
          }
          for (const [i, end] of ends.entries()) bsg.states.set(String(i + 1), { word: end, time: ['', null] });

          const last = new Map<string, Expected>();
          for (const { smsUpdates } of await passTimeUntil(updates.rest(), 500)) last.set(smsUpdates.id, smsUpdates);

          expect([...last.keys()].toSorted()).toEqual(ids);
          for (const { status, isFinal } of last.values()) {
            expect(isFinal).toBe(true);
            expect(status).not.toBe('UNRECOGNIZED');
          }
        },
      ),
      { numRuns: 25 },
    );
  });
});

/** What happens to a campaign before a query. */
const campaignStep = fc.record({
  delivered: fc.nat(3),
  expired: fc.nat(2),
  passedSeconds: fc.integer({ min: 3, max: 900 }),
});

/** A BSG with one campaign of ten messages, and what a client has to see of it. */
async function startCampaign(hasTotal: boolean) {
  const total = 10;
  const counters = { delivered: 0, expired: 0 };
  const sent = () => counters.delivered + counters.expired;
  const bsg = await startFakeBsg((_, response) =>
    sendJson(response, wireCampaign({ ...counters, sent: sent(), ...(hasTotal ? { total } : {}) })),
  );
  let seen = { sent: 0, sinceMs: Date.now() };
  const isQuiet = () => Date.now() - seen.sinceMs >= 600_000;
  return {
    baseUrl: bsg.baseUrl,
    add(delivered: number, expired: number) {
      // Without a total nobody can know that a pause of ten minutes was not the end.
      if (!hasTotal && isQuiet()) return;
      counters.delivered += Math.min(delivered, total - sent());
      counters.expired += Math.min(expired, total - sent());
    },
    /** Called with each query. */
    isOver(): boolean {
      if (sent() !== seen.sent) seen = { sent: sent(), sinceMs: Date.now() };
      return hasTotal ? sent() === total : sent() > 0 && isQuiet();
    },
  };
}

describe('the history of a campaign', () => {
  it.each([true, false])('is final when it is over, and not before (BSG sends its total: %s)', async (hasTotal) => {
    fakeTimers();
    await fc.assert(
      fc.asyncProperty(fc.array(campaignStep, { minLength: 1, maxLength: 15 }), async (steps) => {
        const campaign = await startCampaign(hasTotal);
        const app = startApp(campaign.baseUrl);
        for (const { delivered, expired, passedSeconds } of steps) {
          campaign.add(delivered, expired);
          vi.advanceTimersByTime(passedSeconds * 1_000);
          const { data } = await app.query<{ readonly campaign: { readonly isFinal: boolean } }, object>(
            '{ campaign(taskId: "6") { ... on Campaign { isFinal } } }',
          );
          expect(data.campaign.isFinal).toBe(campaign.isOver());
        }
      }),
      { numRuns: 30 },
    );
  });
});
