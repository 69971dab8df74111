import { expect } from 'vitest';
import type { FakeBsg } from './fake-bsg.ts';

/** Reads messages by their ids, by one instance. */
type Read = (ids: readonly string[]) => Promise<unknown>;

/**
 * Waits until one instance reads what another has fetched, without a request of its own. Each try has new ids: a status is stored
 * after the response with it, and a Redis that is slow to respond is left alone for a moment.
 */
export async function waitUntilShared(bsg: FakeBsg, first: Read, second: Read, count = 1): Promise<void> {
  let lastId = 900_000;
  const requestsOfSecond = async () => {
    const ids = Array.from({ length: count }, () => String(++lastId));
    await first(ids);
    bsg.forgetRequests();
    await second(ids);
    return bsg.paths;
  };
  await expect.poll(requestsOfSecond).toEqual([]);
}
