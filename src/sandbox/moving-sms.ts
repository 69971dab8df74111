/** A message whose status changes with time. */
import type { WireSms } from '../bsg/wire.ts';
import { NO_ERROR } from './errors.ts';
import { lifeOf, reportedAfterMs, stageAt } from './life.ts';
import { CURRENCY } from './prices.ts';

/** A valid message about to be created. */
export interface NewSms {
  readonly msisdn: string;
  readonly reference: string;
  /** In `CURRENCY`. */
  readonly price: number;
}

/** A message with its id and its time of creation. */
export interface CreatedSms extends NewSms {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly createdAtMs: number;
}

/** BSG's answer about the message at that time. */
export function movingSmsAt(message: CreatedSms, nowMs: number): WireSms {
  const { id, msisdn, reference, price, createdAtMs } = message;
  const life = lifeOf(msisdn);
  const ageMs = nowMs - createdAtMs;
  const reportedMs = reportedAfterMs(life, ageMs);
  return {
    ...NO_ERROR,
    id,
    msisdn,
    reference,
    time_in: wireTime(createdAtMs),
    time_sent: wireTime(createdAtMs),
    time_dr: reportedMs === null ? null : wireTime(createdAtMs + reportedMs),
    status: stageAt(life, ageMs).status,
    price,
    currency: CURRENCY,
  };
}

/** A time as BSG's page writes it, in UTC. */
function wireTime(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 19).replace('T', ' ');
}
