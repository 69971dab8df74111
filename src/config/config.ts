/** The configuration: environment variables parsed into one typed, frozen object by section. */
import { z } from 'zod';
import { auth, authVariables } from './auth.ts';
import { bsg, bsgVariables } from './bsg.ts';
import { cache, cacheVariables } from './cache.ts';
import { type Environment, type Frozen, frozenOrThrow, withoutEmpty } from './environment.ts';
import { http, httpVariables } from './http.ts';
import { live, liveVariables } from './live.ts';
import { log, logVariables } from './log.ts';
import { withNodeProxy } from './proxy.ts';
import { queries, queriesVariables } from './queries.ts';
import { sandbox, sandboxAlone, sandboxVariables } from './sandbox.ts';

/** Whether this is a deployment, rather than a trial on a laptop. */
const isProduction = z.object({ NODE_ENV: httpVariables.NODE_ENV }).transform(({ NODE_ENV }) => NODE_ENV);

const sections = z.object({ isProduction, http, auth, queries, bsg, cache, live, log, sandbox });

/** The variables of each section, in the order of `docs/configuration.md`. */
export const variables = {
  Server: httpVariables,
  Authentication: authVariables,
  Queries: queriesVariables,
  BSG: bsgVariables,
  Cache: cacheVariables,
  'Live updates': liveVariables,
  Log: logVariables,
  Sandbox: sandboxVariables,
} satisfies Readonly<Record<string, z.ZodRawShape>>;

/** The configuration of the server, in terms of its own rather than of the environment. An absent part is null. */
export type Config = Frozen<z.output<typeof sections>>;

/** The configuration of a sandbox that runs alone. */
export type SandboxConfig = Frozen<z.output<typeof sandboxAlone>>;

/**
 * Reads the configuration of the server.
 * @throws ConfigError naming every variable that is invalid or missing.
 */
export function readConfig(environment: Environment): Config {
  const env = withNodeProxy(withoutEmpty(environment));
  const result = sections.safeParse(Object.fromEntries(Object.keys(sections.shape).map((section) => [section, env])));
  return frozenOrThrow(result, env, isSecret);
}

/**
 * Reads the configuration of a sandbox that runs alone.
 * @throws ConfigError naming every variable that is invalid.
 */
export function readSandboxConfig(environment: Environment): SandboxConfig {
  const env = withoutEmpty(environment);
  return frozenOrThrow(sandboxAlone.safeParse(env), env, isSecret);
}

/** Secrets are never printed, not even invalid ones. */
function isSecret(name: string): boolean {
  const schema: z.ZodType | undefined = Object.assign({}, ...Object.values(variables))[name];
  return schema?.meta()?.['secret'] === true;
}
