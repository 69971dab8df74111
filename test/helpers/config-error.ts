import { readConfig } from '../../src/config/config.ts';
import { ConfigError } from '../../src/config/environment.ts';

/** The message of the error that this environment is refused with. */
export function configErrorOf(environment: Readonly<Record<string, string>>): string {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('The configuration is valid.');
}
