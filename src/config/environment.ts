/** Parses environment variables with a schema, and reports all errors at once. */
import type { z } from 'zod';

/** Variables by name, such as `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** An invalid configuration. The message has a line for each error and no secret, and is meant to be printed alone. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** `T`, frozen throughout. */
export type Frozen<T> = T extends ReadonlyMap<unknown, unknown> ? T : { readonly [Key in keyof T]: Frozen<T[Key]> };

/** The variables that have a value: an empty one counts as not set, as compose files write them. */
export function withoutEmpty(environment: Environment): Environment {
  return Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value.trim() !== ''),
  );
}

/** Returns what `parse` read, frozen. Throws a {@link ConfigError} where it failed. */
export function frozenOrThrow<T>(
  result: z.ZodSafeParseResult<T>,
  environment: Environment,
  isSecret: (name: string) => boolean,
): Frozen<T> {
  if (result.success) return deepFreeze(result.data);
  // A variable that several sections read is reported by each of them.
  const lines = new Set(result.error.issues.map((issue) => describe(issue, environment, isSecret)));
  throw new ConfigError(['Invalid configuration:', ...lines].join('\n'));
}

function describe(
  { path, message }: z.core.$ZodIssue,
  environment: Environment,
  isSecret: (name: string) => boolean,
): string {
  const name = String(path.at(-1));
  const value = environment[name];
  if (value === undefined) return `  ${name} is not set: ${message}`;
  // An address with an @ carries credentials.
  const shown = isSecret(name) || value.includes('@') ? '(not shown)' : JSON.stringify(value);
  return `  ${name} is ${shown}: ${message}`;
}

function deepFreeze<T>(value: T): Frozen<T> {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(deepFreeze);
    Object.freeze(value);
  }
  return value as Frozen<T>;
}
