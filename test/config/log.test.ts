import { expect, it } from 'vitest';
import { readConfig } from '../../src/config/config.ts';
import { configErrorOf } from '../helpers/config-error.ts';

it('the configuration of the log takes a level', () => {
  expect(readConfig({ LOG_LEVEL: 'warn' }).log).toEqual({ level: 'warn' });
});

it('the configuration of the log refuses an unknown level with those that exist', () => {
  expect(configErrorOf({ LOG_LEVEL: 'loud' })).toContain(
    'LOG_LEVEL is "loud": expected trace, debug, info, warn, error, fatal or silent',
  );
});
