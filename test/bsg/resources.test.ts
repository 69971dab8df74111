import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyOf, type Resource } from '../../src/bsg/resource.ts';
import { campaign } from '../../src/bsg/resources/campaign.ts';
import { smsById, smsByReference } from '../../src/bsg/resources/sms.ts';
import { parseKey, resources } from '../../src/bsg/resources.ts';

describe('the key of a resource', () => {
  it('begins with a name that no other resource has', () => {
    const names = resources.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z]+$/);
  });

  it('is parsed back from its text, whatever the valid id is', () => {
    fc.assert(
      fc.property(fc.constantFrom(...resources), fc.stringMatching(/^\d{1,20}$/), (resource, id) => {
        const { text } = keyOf(resource, id);
        expect(parseKey(text)).toMatchObject({ resource, text });
      }),
    );
  });

  it('is the same for all spellings of an id, and for nothing else', () => {
    const byNumber: readonly Resource[] = [smsById, campaign];
    for (const resource of byNumber) {
      expect(keyOf(resource, '007').text).toBe(keyOf(resource, '7').text);
      expect(keyOf(resource, '000').text).toBe(keyOf(resource, '0').text);
      for (const other of ['70', '7x', '00x', `${'0'.repeat(20)}7`])
        expect(keyOf(resource, other).text).toBe(`${resource.name}:${other}`);
    }
    expect(keyOf(smsByReference, '007').text).not.toBe(keyOf(smsByReference, '7').text);
  });

  it.each(['', 'sms', '211', 'balance:1', ':1', 'SMS:1', '__proto__:1', 7, null, { toString: 1 }])(
    'is not %j',
    (text) => {
      expect(parseKey(text)).toBeNull();
    },
  );
});
