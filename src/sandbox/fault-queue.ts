/** The faults that wait for the next requests, and the endpoint that injects them. */
import { z } from 'zod';
import type { Answer } from './answer.ts';
import { Fault } from './faults.ts';
import { parseJson } from './json.ts';

/** Faults beyond this are dropped. */
const MAX_FAULTS = 1_000;

/** Shape of an order: a fault, and how many requests it affects. */
export const FaultOrder = Fault.extend({ times: z.int().min(1).max(1_000).default(1) });

/** A queue of faults, one for each of the next requests. */
export interface FaultQueue {
  /** @throws for an invalid order. */
  inject(order: z.input<typeof FaultOrder>): void;
  /** Takes the fault for the next request from the queue; null for none. */
  next(): Fault | null;
  /** Answers `/faults`: `POST` injects, `DELETE` empties the queue, any other method shows it. */
  control(method: string, body: string): Answer;
}

/** Creates an empty queue. */
export function createFaultQueue(): FaultQueue {
  let queue: Fault[] = [];
  return { inject, control, next: () => queue.shift() ?? null };

  function inject(order: z.input<typeof FaultOrder>): void {
    const { times, ...fault } = FaultOrder.parse(order);
    queue = [...queue, ...Array.from({ length: times }, () => fault)].slice(0, MAX_FAULTS);
  }

  function control(method: string, body: string): Answer {
    if (method === 'DELETE') queue = [];
    const message = method === 'POST' ? injectJson(body) : null;
    return message === null ? { status: 200, body: { faults: queue } } : { status: 400, body: { message } };
  }

  /** Returns why the order is invalid; null for a valid one. */
  function injectJson(body: string): string | null {
    const json = parseJson(body);
    if (json === undefined) return 'The request body is not JSON.';
    const order = FaultOrder.safeParse(json);
    if (!order.success) return z.prettifyError(order.error);
    inject(order.data);
    return null;
  }
}
