/** Decodes the response to `POST /sms/getStatus`. */
import { decodeSmsOrCampaign } from './campaign-paths.ts';
import type { Decode } from './decode.ts';
import type { WireObject } from './json.ts';
import { readSms, type Sms } from './sms.ts';
import { canonicalId } from './validation.ts';
import type { WireMassStatus, WireSmsItem } from './wire.ts';
import { digits, type WireFields } from './wire-fields.ts';

/** The response to `POST /sms/getStatus`. */
export interface MassAnswer {
  readonly kind: 'massAnswer';
  /** By id without leading zeros. An item may be unreadable, or name an error; an id may have none. */
  readonly items: ReadonlyMap<string, WireObject>;
  /** When BSG gave it; RFC 3339 in UTC. */
  readonly fetchedAt: string;
}

/** The answer to a lookup of one message or campaign: what a BSG that does not offer the call may respond. */
export interface SingleAnswer {
  readonly kind: 'singleAnswer';
}

/** Reads a mass answer, in whatever order its items are. */
export const decodeMassAnswer: Decode<MassAnswer | SingleAnswer> = (
  wire: WireFields<WireMassStatus> & WireObject,
  context,
) => {
  if (!Array.isArray(wire.result)) return decodeSmsOrCampaign(wire, context) === null ? null : { kind: 'singleAnswer' };
  const items = new Map<string, WireObject>();
  for (const item of wire.result) {
    const id = isObject(item) ? digits(item['id']) : null;
    const massId = id === null ? null : canonicalId(id);
    if (massId !== null && !items.has(massId)) items.set(massId, item);
  }
  return { kind: 'massAnswer', items, fetchedAt: context.fetchedAt };
};

/** Reads one item. Items have no `time_in`: then `timeIn` is undefined (not known), which differs from null. */
export const decodeMassItem: Decode<Sms> = (item: WireFields<WireSmsItem> & WireObject, context) =>
  readSms(item, { reference: item.external_id, missingTimeIn: undefined }, context);

function isObject(value: unknown): value is WireObject {
  return typeof value === 'object' && value !== null;
}
