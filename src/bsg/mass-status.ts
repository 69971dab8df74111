/** Mass status requests: batches of ids, and whether BSG offers them. */

import { addMs, LONG_AGO, type MonotonicClock } from '../monotonic-clock.ts';
import { decodeSmsOrCampaign } from './campaign-paths.ts';
import type { Sent } from './deadline.ts';
import { type BsgFailure, isFailure } from './failure.ts';
import { decodeMassAnswer, decodeMassItem, type MassAnswer, type SingleAnswer } from './mass-answer.ts';
import type { Call, Requests } from './request.ts';
import type { Reply, Upstream } from './resource.ts';
import { smsOf } from './single-status.ts';
import type { Sms } from './sms.ts';
import type { HttpRequest, HttpResponse, TransportError } from './transport.ts';

/** Options of {@link createMassStatus}. */
export interface MassStatusOptions {
  /** Whether mass status requests are never sent. */
  readonly isOff: boolean;
  readonly requests: Requests;
  /** Called when BSG turns out not to offer the call, and when it offers it again. */
  readonly onMassStatus?: ((isOffered: boolean) => void) | undefined;
  /** Clock for durations. */
  readonly now: MonotonicClock;
}

/** Whether ids are fetched many at a time: `unknown` before the first such request, `off` by configuration. */
export type MassStatusState = 'off' | 'unknown' | 'offered' | 'not offered';

/** What a batch comes to for one id: a message or failure, no item (`missing`), or nothing about it (`unanswered`). */
export type MassOutcome = Sms | BsgFailure | 'missing' | 'unanswered';

/** One fetch that waits for the request of its batch. */
export interface MassMember {
  /** Of the message; valid and canonical. */
  readonly massId: string;
  readonly upstream: Upstream;
  settle(outcome: MassOutcome): void;
  /** Reports a bug. */
  fail(bug: unknown): void;
}

/** Fetches messages by id: several that are requested together by one `POST /sms/getStatus`, a single one by `GET /sms/{id}`. */
export interface MassStatus {
  /** Whether it may be used now. */
  readonly isInUse: boolean;
  /** Fetches one more message, in some batch. */
  add(member: MassMember): void;
  readonly state: MassStatusState;
}

const PATH = '/sms/getStatus';

/** BSG's limit. */
const MAX_IDS = 100;

/** After so long, a BSG that did not offer the call is tried again. */
const RETRY_AFTER_MS = 10 * 60_000;

/**
 * Fetches that begin in one turn of the event loop share a batch, and later ones join it for as long as its request queues. No
 * fetch is delayed to fill a batch. The first response shows whether BSG offers the call.
 */
export function createMassStatus({ isOff, requests, onMassStatus, now }: MassStatusOptions): MassStatus {
  const offer = createOffer({ isOff, onMassStatus, now });
  let open: Batch | null = null;

  function add(member: MassMember): void {
    if (open?.add(member)) return;
    const batch = new Batch(member, { now, isInUse: offer.isInUse, onPrepare: () => close(batch) });
    open = batch;
    setImmediate(() => run(batch));
  }

  function close(batch: Batch): void {
    if (open === batch) open = null;
  }

  async function run(batch: Batch): Promise<void> {
    try {
      const response = await requests.send(batch);
      if (batch.request === null) batch.settle(() => 'unanswered');
      else if (batch.request.body === null) batch.settle((member) => outcomeOfSingle(member, response));
      else settleMass(batch, response);
    } catch (bug) {
      batch.fail(bug);
    }
  }

  function settleMass(batch: Batch, response: HttpResponse | TransportError): void {
    const reply = batch.first.upstream.readResponse(response, decodeMassAnswer);
    const { result } = reply;
    const isUnoffered = isFromOlderBsg(reply);
    if (isUnoffered) offer.learn(false);
    if (isUnoffered || refusesAnId(reply)) batch.settle(() => 'unanswered');
    else if (isFailure(result)) batch.settle(({ upstream: { subject } }) => ({ ...result, subject }));
    else if (result.kind === 'massAnswer') {
      offer.learn(true);
      batch.settle((member) => outcomeOfItem(member, result));
    }
  }

  return {
    add,
    get isInUse() {
      return offer.isInUse();
    },
    get state() {
      return offer.state;
    },
  };
}

/** Whether BSG offers the call, as its responses show. */
function createOffer({ isOff, onMassStatus, now }: Omit<MassStatusOptions, 'requests'>) {
  let state: MassStatusState = isOff ? 'off' : 'unknown';
  let retryAtMs = LONG_AGO;
  return {
    get state() {
      return state;
    },
    isInUse: () => state !== 'off' && (state !== 'not offered' || now() >= retryAtMs),
    learn(isOffered: boolean): void {
      const hasChanged = isOffered ? state === 'not offered' : state !== 'not offered';
      state = isOffered ? 'offered' : 'not offered';
      if (!isOffered) retryAtMs = addMs(now(), RETRY_AFTER_MS);
      if (hasChanged) onMassStatus?.(isOffered);
    },
  };
}

/** Options of a {@link Batch}. */
interface BatchOptions {
  readonly now: MonotonicClock;
  /** Whether mass requests may be sent. */
  readonly isInUse: () => boolean;
  /** Called when its request is about to be sent. */
  readonly onPrepare: () => void;
}

/** The fetches of one request. */
class Batch implements Call {
  readonly first: MassMember;
  /** Null before it is sent, and where the batch is not sent as one request. */
  request: HttpRequest | null = null;
  /** One for each member, in the same order: kept, as a request reads them several times. */
  fetches: Sent[] = [];
  readonly #options: BatchOptions;
  #ids = new Set<string>();
  #members: MassMember[] = [];

  constructor(first: MassMember, options: BatchOptions) {
    this.first = first;
    this.#options = options;
    this.add(first);
  }

  /** Returns false where it is full. */
  add(member: MassMember): boolean {
    if (this.#ids.size >= MAX_IDS && !this.#ids.has(member.massId)) return false;
    this.#ids.add(member.massId);
    this.#members.push(member);
    this.fetches.push(member.upstream);
    return true;
  }

  get observer() {
    return this.first.upstream.observer;
  }

  prepare(): HttpRequest | null {
    const { isInUse, onPrepare } = this.#options;
    onPrepare();
    this.#dropExpired();
    const ids = [...this.#ids];
    if (ids.length === 1) this.request = { path: `/sms/${ids[0]}`, body: null, size: 1 };
    // Ids are written as digits: a number would be rounded.
    else if (ids.length > 1 && isInUse()) this.request = { path: PATH, body: `{"ids":[${ids}]}`, size: ids.length };
    return this.request;
  }

  /** Leaves out the ids whose deadline has passed. */
  #dropExpired(): void {
    const nowMs = this.#options.now();
    const members = this.#members.filter(({ upstream }) => upstream.deadline.expiresAtMs > nowMs);
    if (members.length === this.#members.length) return;
    this.#members = members;
    this.#ids = new Set(members.map(({ massId }) => massId));
    this.fetches = members.map(({ upstream }) => upstream);
  }

  settle(outcomeOf: (member: MassMember) => MassOutcome): void {
    for (const member of this.#members) member.settle(outcomeOf(member));
  }

  fail(bug: unknown): void {
    for (const member of this.#members) member.fail(bug);
  }
}

function outcomeOfSingle({ upstream }: MassMember, response: HttpResponse | TransportError): MassOutcome {
  return smsOf(upstream.readResponse(response, decodeSmsOrCampaign), upstream.subject);
}

function outcomeOfItem({ massId, upstream }: MassMember, { items, fetchedAt }: MassAnswer): MassOutcome {
  const item = items.get(massId);
  return item === undefined ? 'missing' : (upstream.readObject(item, decodeMassItem, fetchedAt) ?? 'unanswered');
}

/** An unknown path, an error of what BSG took for a lookup by id, or the answer to such a lookup. */
function isFromOlderBsg({ result, httpStatus }: Reply<MassAnswer | SingleAnswer>): boolean {
  if (httpStatus === 404 || httpStatus === 405) return true;
  if (!isFailure(result)) return result.kind === 'singleAnswer';
  return result.bsgCode === 4 || (result.bsgCode !== null && result.bsgCode >= 20 && result.bsgCode <= 36);
}

/** BSG refuses the whole request for one id in it. Another error that it names, or a page that is not BSG's, says nothing about ids. */
function refusesAnId({ result, httpStatus }: Reply<MassAnswer | SingleAnswer>): boolean {
  return (httpStatus === 400 || httpStatus === 422) && isFailure(result) && result.group === 'invalidRequest';
}
