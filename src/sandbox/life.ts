/** A status that a message has from some moment of its life on. */
export interface Stage {
  readonly status: string;
  /** Milliseconds after the message was created. */
  readonly fromMs: number;
}

/** When each step of a message's life comes; the last stage is what it ends with. */
export type Life = readonly [Stage, ...Stage[]];

const SCHEDULED: Stage = { status: 'scheduled', fromMs: 0 };
const SENT: Stage = { status: 'sent', fromMs: 5_000 };

const ends: Readonly<Record<string, Life>> = {
  '6': [SCHEDULED, SENT, { status: 'unknown', fromMs: 15_000 }, { status: 'delivered', fromMs: 60_000 }],
  '7': [SCHEDULED, SENT, { status: 'expired', fromMs: 15_000 }],
  '8': [SCHEDULED, SENT, { status: 'undeliverable', fromMs: 15_000 }],
  '9': [SCHEDULED, { status: 'rejected', fromMs: 5_000 }],
};
const delivered: Life = [SCHEDULED, SENT, { status: 'delivered', fromMs: 15_000 }];

/** The last digit of the phone number chooses the end: 6 unknown, then delivered; 7 expired; 8 undeliverable; 9 rejected; else delivered. */
export function lifeOf(msisdn: string): Life {
  return ends[msisdn.slice(-1)] ?? delivered;
}

/** The stage of a message of that age. */
export function stageAt(life: Life, ageMs: number): Stage {
  return life.findLast((stage) => stage.fromMs <= ageMs) ?? life[0];
}

/** When in its life a message of that age had its delivery report, null before that. */
export function reportedAfterMs(life: Life, ageMs: number): number | null {
  const stage = stageAt(life, ageMs);
  return ['scheduled', 'sent', 'unknown'].includes(stage.status) ? null : stage.fromMs;
}
