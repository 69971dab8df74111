/**
 * Readers for the fields of BSG's JSON objects, in which every number is text (see `parseObject` in `decode.ts`).
 * Each returns null for anything that it cannot read.
 */
import { isAmount } from './amounts.ts';

/** The keys of one wire type, with values of unknown type. */
export type WireFields<Wire> = { readonly [key in keyof Wire]?: unknown };

/** A non-empty text, or a number as its text. */
export function text(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value : null;
}

/** An id of 1 to 20 digits. */
export function digits(value: unknown): string | null {
  return typeof value === 'string' && /^\d{1,20}$/.test(value) ? value : null;
}

/** A whole number between `-max` and `max`. */
export function integer(value: unknown, max: number): number | null {
  if (typeof value !== 'string' || !/^-?\d{1,10}$/.test(value)) return null;
  const number = Number(value);
  return Math.abs(number) <= max ? number : null;
}

/** A whole number from 0 that fits a GraphQL Int. */
export function count(value: unknown): number | null {
  const number = integer(value, 0x7fff_ffff);
  return number !== null && number >= 0 ? number : null;
}

/** A {@link count}, or 0 where BSG sends none: it sums over no rows as null, an empty text or not at all. */
export function countOrZero(value: unknown): number | null {
  return value === undefined || value === null || value === '' ? 0 : count(value);
}

/** An amount of money; see {@link isAmount}. */
export function amount(value: unknown): number | null {
  return typeof value === 'string' && isAmount(value) ? Number(value) : null;
}
