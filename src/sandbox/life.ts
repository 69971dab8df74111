/** The lives of messages: which status begins when, chosen by the phone number. */

/** A status that a message has from some moment of its life on. */
export interface Stage {
  readonly status: string;
  /** Milliseconds after the message was created. */
  readonly fromMs: number;
}

/** The stages of a message in order; the last one is its end. */
export type Life = readonly [Stage, ...Stage[]];

const SCHEDULED: Stage = { status: 'scheduled', fromMs: 0 };
const SENT: Stage = { status: 'sent', fromMs: 5_000 };

const LIVES: Readonly<Record<string, Life>> = {
  // A late report of the operator corrects a final status.
  '5': [SCHEDULED, SENT, { status: 'expired', fromMs: 15_000 }, { status: 'delivered', fromMs: 35_000 }],
  '6': [SCHEDULED, SENT, { status: 'unknown', fromMs: 15_000 }, { status: 'delivered', fromMs: 60_000 }],
  '7': [SCHEDULED, SENT, { status: 'expired', fromMs: 15_000 }],
  '8': [SCHEDULED, SENT, { status: 'undeliverable', fromMs: 15_000 }],
  '9': [SCHEDULED, { status: 'rejected', fromMs: 5_000 }],
};
const DELIVERED: Life = [SCHEDULED, SENT, { status: 'delivered', fromMs: 15_000 }];

/** Statuses without a delivery report. */
const UNREPORTED: readonly string[] = ['scheduled', 'sent', 'unknown'];

/**
 * The life of a message to that phone number, by its last digit: 5 expired, then corrected to delivered; 6 unknown,
 * then delivered; 7 expired; 8 undeliverable; 9 rejected; any other delivered.
 */
export function lifeOf(msisdn: string): Life {
  return LIVES[msisdn.slice(-1)] ?? DELIVERED;
}

/** The stage of a message of that age. */
export function stageAt(life: Life, ageMs: number): Stage {
  return life.findLast((stage) => stage.fromMs <= ageMs) ?? life[0];
}

/** The age at which a message of that age got its delivery report; null before that. */
export function reportedAfterMs(life: Life, ageMs: number): number | null {
  const stage = stageAt(life, ageMs);
  return UNREPORTED.includes(stage.status) ? null : stage.fromMs;
}
