/** The sandbox's data, in memory. */
import type { WireCampaign, WireSms } from '../bsg/wire.ts';
import type { Fault } from './faults.ts';
import type { HttpErrorStatus } from './http-errors.ts';
import { movingCampaignAt, type NewCampaign } from './moving-campaign.ts';
import { type CreatedSms, movingSmsAt, type NewSms } from './moving-sms.ts';

/** What the sandbox answers for one key. */
export type Entry<Wire> =
  | { readonly kind: 'value'; readonly at: (nowMs: number) => Wire }
  | { readonly kind: 'error'; readonly error: number }
  | { readonly kind: 'http-error'; readonly status: HttpErrorStatus }
  | { readonly kind: 'fault'; readonly fault: Fault };

/** Messages, campaigns and funds of one account. */
export class Store {
  readonly smsById = new Map<string, Entry<WireSms>>();
  readonly smsByReference = new Map<string, Entry<WireSms>>();
  /** By task id. */
  readonly campaigns = new Map<string, Entry<WireCampaign>>();
  /** What is left of the account's funds. */
  balance = 1_000;

  #nextId = 3_266_500_452;
  #nextTaskId = 6_001;

  /** Stores a message by its id and, if it has one, by its reference. */
  putSms(id: string, reference: string | null, entry: Entry<WireSms>): void {
    this.smsById.set(id, entry);
    if (reference !== null) this.smsByReference.set(reference, entry);
  }

  /** Creates a message and charges its price. */
  createSms(message: NewSms, nowMs: number): CreatedSms {
    const created = { ...message, id: String(this.#nextId++), createdAtMs: nowMs };
    this.balance -= message.price;
    this.putSms(created.id, message.reference, { kind: 'value', at: (atMs) => movingSmsAt(created, atMs) });
    return created;
  }

  /** Creates the campaign of messages that are created already. Returns its task id. */
  createCampaign(campaign: NewCampaign, nowMs: number): string {
    const taskId = String(this.#nextTaskId++);
    this.campaigns.set(taskId, { kind: 'value', at: (atMs) => movingCampaignAt(campaign, atMs - nowMs) });
    return taskId;
  }
}
