/** When a response may be stored, and for how long it is valid. Pure. */
import { OperationTypeNode } from 'graphql';
import type { StatusKey } from '../bsg/resource.ts';
import type { RequestContext } from '../request/context.ts';
import type { Entry } from '../statuses/entry.ts';
import type { StatusRead } from '../statuses/read-observer.ts';

/** The entry that a query would get from memory now, see `Statuses.freshEntry`. */
export type FreshEntryOf = (key: StatusKey) => Entry | null;

/** What decides whether a response is stored. */
export type Served = Pick<RequestContext, 'operation' | 'errorCode' | 'reads'>;

/**
 * Whether a response with the status 200 is a function of its request and of entries in memory: a query without errors, of which
 * each read was answered from memory. A response to a cold query is not, so that queries that are sent once take no memory.
 */
export function isStorable({ operation, errorCode, reads }: Served): boolean {
  if (errorCode !== null || operation?.type !== OperationTypeNode.QUERY) return false;
  return reads.every(({ tier, entry }) => tier === 'memory' && entry !== null);
}

/**
 * Whether a stored response is the one that would be made now: every entry behind it is still the entry of its key, and fresh.
 * Whatever changes, invalidates or evicts a status replaces or removes its entry, so nothing else has to.
 */
export function isValid(reads: readonly Pick<StatusRead, 'key' | 'entry'>[], freshEntryOf: FreshEntryOf): boolean {
  for (const { key, entry } of reads) if (entry === null || freshEntryOf(key) !== entry) return false;
  return true;
}
