/** Readers for the fields of BSG's JSON objects. Each returns null for anything that it cannot read. */
import { isAmount } from './amounts.ts';

/** The largest GraphQL Int. */
export const MAX_INT = 0x7fff_ffff;

/** The keys of one wire type, with values of unknown type. */
export type WireFields<Wire> = { readonly [key in keyof Wire]?: unknown };

/** A non-empty text, or a number as its text. */
export function text(value: unknown): string | null {
  const given = written(value);
  return given !== null && given.trim() !== '' ? given : null;
}

/** An id of 1 to 20 digits. */
export function digits(value: unknown): string | null {
  const given = written(value);
  return given !== null && /^\d{1,20}$/.test(given) ? given : null;
}

/** A whole number between `-max` and `max`. */
export function integer(value: unknown, max: number): number | null {
  const given = written(value);
  if (given === null || !/^-?\d{1,10}$/.test(given)) return null;
  const number = Number(given);
  return Math.abs(number) <= max ? number : null;
}

/** A whole number from 0 that fits a GraphQL Int. */
export function count(value: unknown): number | null {
  const number = integer(value, MAX_INT);
  return number !== null && number >= 0 ? number : null;
}

/** A {@link count}, or 0 where BSG sends none: it sums over no rows as null, an empty text or not at all. */
export function countOrZero(value: unknown): number | null {
  return value === undefined || value === null || value === '' ? 0 : count(value);
}

/** An amount of money; see {@link isAmount}. */
export function amount(value: unknown): number | null {
  const given = written(value);
  return given !== null && isAmount(given) ? Number(given) : null;
}

/** A text or a number as BSG wrote it: see `json.ts` for the numbers that are read as text. */
function written(value: unknown): string | null {
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : null;
}
