/**
 * The shapes in which BSG puts its answers on the wire, as its page "Get SMS status" and its SDKs show them.
 * Types only: the decoder does not trust them, and the sandbox writes them.
 */

/** A number that BSG writes with or without quotes, such as `72`, `"72"` or `"1.1000000"`. */
export type WireNumber = number | string;

/** How many; null, empty or missing where BSG sums over no rows. */
export type WireCount = WireNumber | null;

/**
 * A time without a zone, `YYYY-MM-DD HH:MM:SS`, or in the new specification RFC 3339, such as `2024-12-25T10:30:00.000000Z`.
 * No time at all is null, empty or `0000-00-00 00:00:00`.
 */
export type WireTime = string | null;

/** Success or failure. `0` or `"0"` is success; a campaign may leave it out. */
export interface WireVerdict {
  error?: WireNumber;
  errorDescription?: string;
}

/** What the newer dialect answers beside HTTP 400, 401, 403, 404, 422, 429 and 500: no `error`. */
export interface WireHttpError {
  code?: WireNumber;
  message: string;
  /** By field; beside 400 and 422. */
  errors?: Readonly<Record<string, readonly string[]>>;
}

/** `GET /sms/{id}` and `GET /sms/reference/{reference}`. */
export interface WireSms extends WireVerdict {
  id: WireNumber;
  msisdn: WireNumber;
  reference: string | null;
  time_in: WireTime;
  time_sent: WireTime;
  time_dr: WireTime;
  status: string;
  price: WireNumber;
  currency: string;
}

/** One item of `POST /sms/getStatus`: the fields of {@link WireSms} without `time_in`, every one optional. */
export interface WireSmsItem extends WireVerdict, Partial<Omit<WireSms, 'reference' | 'time_in'>> {
  /** What a single answer calls `reference`. */
  external_id?: string | null;
}

/** `POST /sms/getStatus`. */
export interface WireMassStatus {
  result: readonly WireSmsItem[];
}

/** `GET /sms/{task_id}`, or `GET /sms/task/{task_id}` in most of the SDKs. */
export interface WireCampaign extends WireVerdict {
  originator: string;
  body: string;
  validity: WireNumber;
  totalprice: WireNumber;
  currency: string;
  /** The newer specification sends it and the three below, each of them optional. */
  total?: WireCount;
  queued?: WireCount;
  accepted?: WireCount;
  enroute?: WireCount;
  /** What was handed to operators so far. */
  sent?: WireCount;
  delivered?: WireCount;
  expired?: WireCount;
  undeliverable?: WireCount;
  unknown?: WireCount;
}
