/** The section `live` of the configuration: subscriptions and delivery reports. */
import { z } from 'zod';
import { text, wholeNumber } from './values.ts';

/** The variables of the section. */
export const liveVariables = {
  LIVE_INTERVAL_MS: wholeNumber(100, 3_600_000)
    .default(2_000)
    .describe(
      'Minimum polling interval of a message that has subscribers; milliseconds. A poll accepts a status cached for less than half of `CACHE_TTL_MS`: lower both for faster updates.',
    ),
  LIVE_MAX_STREAMS: wholeNumber(0, 1_000_000)
    .default(20_000)
    .describe('Open subscriptions, and open WebSockets; `MAX_BATCH_SIZE` bounds the keys of each subscription.'),
  WEBHOOK_SECRET: text('16 to 128 of A-Z, a-z, 0-9, _ and -', (secret) => /^[\w-]{16,128}$/.test(secret))
    .optional()
    .meta({
      description: 'Last part of `/hooks/bsg/{secret}`, the address for delivery reports.',
      default: 'none: reports are not accepted',
      secret: true,
    }),
};

/** Subscriptions and delivery reports. */
export const live = z.object(liveVariables).transform((env) => ({
  /** Minimum polling interval of a message that has subscribers. */
  intervalMs: env.LIVE_INTERVAL_MS,
  /** Open subscriptions. */
  maxStreams: env.LIVE_MAX_STREAMS,
  /** Last part of the address for delivery reports; null: there is none. */
  webhookSecret: env.WEBHOOK_SECRET ?? null,
}));
