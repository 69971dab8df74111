import type { BsgValue } from '../bsg/resource.ts';

/** The field `isStale` of values that are read. */
export const IS_STALE = {
  description:
    'Whether this is an earlier answer, served because BSG could not be reached. Show it with its age (`fetchedAt`), and read again later. Events of subscriptions are never stale.',
  resolve: ({ isStale = false }: BsgValue): boolean => isStale,
};
