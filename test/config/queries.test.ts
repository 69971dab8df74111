import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/config.ts';
import { configErrorOf } from '../helpers/config-error.ts';

describe('the configuration of queries', () => {
  it('takes each variable', () => {
    const environment = {
      INTROSPECTION: 'off',
      MAX_QUERY_COST: '5',
      RATE_LIMIT: '7',
      MAX_BATCH_SIZE: '3',
      PERSISTED_OPERATIONS: 'test/fixtures/persisted-documents.json',
      PERSISTED_OPERATIONS_MODE: 'also',
    };
    expect(readConfig(environment).queries).toEqual({
      introspection: false,
      maxCost: 5,
      costPerMinute: 7,
      maxBatchSize: 3,
      trusted: {
        documents: new Map([
          ['hash', '{ __typename }'],
          ['sha256:hash', '{ __typename }'],
        ]),
        only: false,
      },
    });
  });

  it('hides the schema in production, unless introspection is on', () => {
    const production = { NODE_ENV: 'production', BSG_API_KEY: 'live_x', AUTH: 'none' };
    expect(readConfig(production).queries.introspection).toBe(false);
    expect(readConfig({ ...production, INTROSPECTION: 'on' }).queries.introspection).toBe(true);
  });

  it('bounds the cost of one request by the rate limit', () => {
    expect(readConfig({ RATE_LIMIT: '50' }).queries).toMatchObject({ maxCost: 50, costPerMinute: 50 });
    expect(readConfig({ RATE_LIMIT: '0' }).queries).toMatchObject({ maxCost: 5_000, costPerMinute: null });
  });

  it.each([
    ['INTROSPECTION', 'yes'],
    ['PERSISTED_OPERATIONS_MODE', 'strict'],
  ])('refuses %s=%s', (name, value) => {
    expect(configErrorOf({ [name]: value })).toContain(`${name} is "${value}": expected`);
  });
});
