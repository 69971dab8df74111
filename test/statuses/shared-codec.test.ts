import { expect, it } from 'vitest';
import { z } from 'zod';
import type { Resource } from '../../src/bsg/resource.ts';
import { smsById } from '../../src/bsg/resources/sms.ts';
import { resources } from '../../src/bsg/resources.ts';
import { SMS_STATUSES, smsSchema } from '../../src/bsg/sms.ts';
import { shapeVersion } from '../../src/statuses/shared-codec.ts';

const fields = smsSchema.unwrap().shape;
const withSchema = (schema: z.ZodType) => ({ ...smsById, schema }) as unknown as Resource;

it.each<[string, readonly Resource[]]>([
  ['a field is added', [withSchema(z.strictObject({ ...fields, parts: z.int() }))]],
  ['a field becomes nullable', [withSchema(z.strictObject({ ...fields, statusText: z.string().nullable() }))]],
  [
    'a status is added',
    [withSchema(z.strictObject({ ...fields, status: z.enum([...Object.keys(SMS_STATUSES), 'READ']) }))],
  ],
  ['a resource is added', [...resources, { ...smsById, name: 'more' }]],
])('the version of keys in a shared cache changes when %s', (_, changed) => {
  expect(shapeVersion(changed)).not.toBe(shapeVersion([smsById]));
  expect(shapeVersion(changed)).not.toBe(shapeVersion());
});

it('the version of keys in a shared cache is the same in each process', () => {
  expect(shapeVersion()).toBe(shapeVersion());
  expect(shapeVersion([withSchema(z.strictObject(fields).readonly())])).toBe(shapeVersion([smsById]));
});
