/**
 * Reads what is in Redis. Nothing of it is taken on trust: whoever else writes to it must not be able to stop the server.
 */
import type { Answer } from '../bsg/answer.ts';
import { isErrorCode } from '../bsg/codes.ts';
import { isSmsStatus } from '../bsg/sms.ts';
import type { Entry } from './entry.ts';
import { isStatusKey, type StatusKey } from './status-key.ts';

/** What one instance tells the others: what it learned of the keys, or null to forget them. */
export interface News {
  readonly from: string;
  readonly keys: readonly StatusKey[];
  readonly entry: Entry | null;
}

const COUNTS = ['sent', 'delivered', 'expired', 'undeliverable', 'unknown'];

/** The entry under a key; null where that is none. */
export function parseEntry(key: StatusKey, json: unknown): Entry | null {
  const entry = parseJson(json);
  return isEntry(entry) && fits(key, entry.answer) ? entry : null;
}

/** The outcome of a look-up under a key; null where that is none. */
export function parseAnswer(key: StatusKey, json: unknown): Answer | null {
  const answer = parseJson(json);
  return isAnswer(answer) && fits(key, answer) ? answer : null;
}

/** What another instance tells; null where that is nothing. */
export function parseNews(json: string): News | null {
  const news = parseJson(json);
  if (!isObject(news) || !Array.isArray(news['keys']) || !news['keys'].every(isStatusKey)) return null;
  const { keys, entry } = news;
  return entry === null || isEntry(entry) ? { from: String(news['from']), keys, entry } : null;
}

function parseJson(json: unknown): unknown {
  try {
    return typeof json === 'string' ? JSON.parse(json) : null;
  } catch {
    return null;
  }
}

/** Under the key of a message there is no campaign, nor the other way round. */
export function fits(key: StatusKey, { kind }: Answer): boolean {
  return kind === 'failure' || (kind === 'campaign') === key.startsWith('task:');
}

/** The version in the prefix of the keys vouches for the rest of the shape. */
function isEntry(json: unknown): json is Entry {
  if (!isObject(json) || !isAnswer(json['answer'])) return false;
  return [json['askedAtMs'], json['freshUntilMs'], json['staleUntilMs']].every(Number.isFinite);
}

/** Whatever is looked at before it is shown has to be as it should: another version may know more statuses than this one. */
function isAnswer(json: unknown): json is Answer {
  if (!isObject(json)) return false;
  switch (json['kind']) {
    case 'sms':
      return typeof json['id'] === 'string' && isSmsStatus(String(json['status']));
    case 'campaign':
      return COUNTS.every((count) => Number.isFinite(json[count]));
    case 'failure':
      return isErrorCode(String(json['code'])) && typeof json['message'] === 'string';
    default:
      return false;
  }
}

function isObject(json: unknown): json is Readonly<Record<string, unknown>> {
  return typeof json === 'object' && json !== null;
}
