import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyOf } from '../../src/bsg/resource.ts';
import { parseKey, resources } from '../../src/bsg/resources.ts';

describe('the key of a resource', () => {
  it('begins with a name that no other resource has', () => {
    const names = resources.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z]+$/);
  });

  it('is parsed back from its text, whatever the id is', () => {
    fc.assert(
      fc.property(fc.constantFrom(...resources), fc.string(), (resource, id) => {
        expect(parseKey(keyOf(resource, id).text)).toEqual(keyOf(resource, id));
      }),
    );
  });

  it.each(['', 'sms', '211', 'balance:1', ':1', 'SMS:1', '__proto__:1', 7, null, { toString: 1 }])(
    'is not %j',
    (text) => {
      expect(parseKey(text)).toBeNull();
    },
  );
});
