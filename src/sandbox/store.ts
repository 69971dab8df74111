import type { WireCampaign, WireSms } from '../bsg/wire.ts';
import type { Fault } from './faults.ts';
import { type Life, lifeOf, reportedAfterMs, stageAt } from './life.ts';

/** What is asked of the sandbox by one key: an answer, an error number in one of its shapes, or a fault. */
export type Entry<Wire> =
  | { readonly answer: (nowMs: number) => Wire }
  | { readonly error: number }
  | { readonly fault: Fault };

/** A message about to be created; everything has been checked. */
export interface NewMessage {
  readonly msisdn: string;
  readonly reference: string;
  readonly price: number;
}

/** A bulk sending about to be created. */
export interface NewCampaign {
  readonly originator: string;
  readonly body: string;
  readonly validity: number;
  readonly messages: readonly NewMessage[];
}

/** Money is in the account's one currency. */
export const CURRENCY = 'EUR';

/** All that the sandbox knows. */
export class Store {
  readonly smsById = new Map<string, Entry<WireSms>>();
  readonly smsByReference = new Map<string, Entry<WireSms>>();
  readonly campaigns = new Map<string, Entry<WireCampaign>>();
  /** What is left of the account's funds. */
  balance = 1_000;

  #nextId = 3_266_500_452;
  #nextTaskId = 6_001;

  /** Makes the entry known by its id and, where it has one, by its reference. */
  putSms(id: string, reference: string | null, entry: Entry<WireSms>): void {
    this.smsById.set(id, entry);
    if (reference !== null) this.smsByReference.set(reference, entry);
  }

  /** Creates a message that begins to move now, and takes its price. Returns its id. */
  createSms(message: NewMessage, nowMs: number): string {
    const id = String(this.#nextId++);
    this.balance -= message.price;
    this.putSms(id, message.reference, { answer: movingSms({ ...message, id, createdAtMs: nowMs }) });
    return id;
  }

  /** Creates the campaign of messages that have been created already. Returns its task id. */
  createCampaign(campaign: NewCampaign, nowMs: number): string {
    const taskId = String(this.#nextTaskId++);
    this.campaigns.set(taskId, { answer: movingCampaign({ ...campaign, createdAtMs: nowMs }) });
    return taskId;
  }
}

/** The answer about a message that moves from its creation on. */
export function movingSms(message: NewMessage & { readonly id: string; readonly createdAtMs: number }) {
  const { id, msisdn, reference, price, createdAtMs } = message;
  const life = lifeOf(msisdn);
  return (nowMs: number): WireSms => {
    const ageMs = nowMs - createdAtMs;
    const reportedMs = reportedAfterMs(life, ageMs);
    return {
      error: 0,
      errorDescription: 'No errors',
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
  };
}

/** The answer about a campaign whose messages move from its creation on. */
export function movingCampaign(campaign: NewCampaign & { readonly createdAtMs: number }) {
  const { originator, body, validity, messages, createdAtMs } = campaign;
  // A message that will be rejected is never sent, so it is in no count.
  const lives = messages.map(({ msisdn }) => lifeOf(msisdn)).filter((life) => life.at(-1)?.status !== 'rejected');
  const totalprice = Number(messages.reduce((total, { price }) => total + price, 0).toFixed(4));
  return (nowMs: number): WireCampaign => {
    const count = (status: string) => countOf(lives, nowMs - createdAtMs, status);
    return {
      originator,
      body,
      validity,
      totalprice,
      currency: CURRENCY,
      sent: lives.length,
      delivered: count('delivered'),
      expired: count('expired'),
      undeliverable: count('undeliverable'),
      unknown: count('unknown'),
    };
  };
}

/** BSG's way to write a time, in UTC. */
export function wireTime(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 19).replace('T', ' ');
}

function countOf(lives: readonly Life[], ageMs: number, status: string): number {
  return lives.filter((life) => stageAt(life, ageMs).status === status).length;
}
