import DataLoader from 'dataloader';
import type { Campaign } from '../bsg/campaign.ts';
import type { BsgFailure } from '../bsg/failure.ts';
import type { RequestObserver } from '../bsg/observer.ts';
import type { Sms } from '../bsg/sms.ts';
import type { Statuses } from '../statuses/statuses.ts';

/** Where the loaders look up. */
export type StatusSource = Pick<Statuses, 'smsById' | 'smsByReference' | 'campaign'>;

/** What one request has asked for so far. A failure is a value here, so that it never fails its neighbours. */
export interface Loaders {
  readonly smsById: DataLoader<string, Sms | BsgFailure>;
  readonly smsByReference: DataLoader<string, Sms | BsgFailure>;
  readonly campaign: DataLoader<string, Campaign | BsgFailure>;
}

/**
 * Loaders for one request, on behalf of its observer: the same key is asked once, distinct keys go out together. An SMS found by one of its keys
 * is known by the other from then on.
 */
export function createLoaders(statuses: StatusSource, observer?: RequestObserver): Loaders {
  const smsById = perKey(async (id) => {
    const answer = await statuses.smsById(id, observer);
    if (answer.kind === 'sms' && answer.reference !== null) smsByReference.prime(answer.reference, answer);
    return answer;
  });
  const smsByReference = perKey(async (reference) => {
    const answer = await statuses.smsByReference(reference, observer);
    if (answer.kind === 'sms') smsById.prime(answer.id, answer);
    return answer;
  });
  return { smsById, smsByReference, campaign: perKey((taskId) => statuses.campaign(taskId, observer)) };
}

/** BSG has no batch endpoint, so a batch is one look-up a key; a bug in one of them stays with its key. */
function perKey<T>(lookUp: (key: string) => Promise<T>): DataLoader<string, T> {
  return new DataLoader((keys) => Promise.all(keys.map((key) => lookUp(key).catch(toError))));
}

function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error('A look-up failed.', { cause: thrown });
}
