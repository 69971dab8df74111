import { expect, it } from 'vitest';
import { KeyMap } from '../../src/bsg/key-map.ts';
import { keyOf } from '../../src/bsg/resource.ts';
import { smsById, smsByReference } from '../../src/bsg/resources/sms.ts';

const byId = keyOf(smsById, '7');
const byReference = keyOf(smsByReference, '7');

it('a key map keeps the resources apart, and takes all spellings of an id as one', () => {
  const map = new KeyMap<string>();
  map.set(byId, 'a message');
  expect(map.get(byReference)).toBeNull();
  map.set(byReference, 'by reference');
  expect([map.get(keyOf(smsById, '007')), map.get(byReference)]).toEqual(['a message', 'by reference']);
  map.delete(keyOf(smsById, '07'));
  expect([map.get(byId), map.get(byReference)]).toEqual([null, 'by reference']);
});

it('the items of a key map can be deleted while they are looped over', () => {
  const map = new KeyMap<() => void>();
  for (const key of [byId, byReference]) map.set(key, () => map.delete(key));
  for (const remove of map.values()) remove();
  expect(map.values()).toEqual([]);
});
