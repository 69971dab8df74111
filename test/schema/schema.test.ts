import { readFile } from 'node:fs/promises';
import { type GraphQLNamedType, isEnumType, isInterfaceType, isObjectType, isSpecifiedScalarType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { printSchema, schema } from '../../src/schema/index.ts';

describe('schema.graphql', () => {
  it('is the printed schema of the code; `npm run schema` writes it', async () => {
    expect(await readFile('schema.graphql', 'utf8')).toBe(printSchema());
  });
});

describe('the schema', () => {
  const all = Object.values(schema.getTypeMap()).filter(
    (type) => !type.name.startsWith('__') && !isSpecifiedScalarType(type),
  );
  const types = all.filter(({ name }) => !['_Any', '_Entity', '_Service'].includes(name));

  it('lists the fields of federation gateways after those of clients', () => {
    expect(Object.keys(schema.getQueryType()?.getFields() ?? {})).toEqual([
      'campaign',
      'campaigns',
      'sms',
      'smsBatch',
      'smsByReference',
      '_entities',
      '_service',
    ]);
  });

  it.each(all.map((type) => [type.name, type] as const))('describes %s and all of its parts', (_, type) => {
    expect(undescribedParts(type)).toEqual([]);
  });

  it('has names that are free in a company graph', () => {
    const own = /^(Sms|Bsg|Campaign)|^(DateTime|PriceTotal|Query|Subscription)$/;
    expect(types.map(({ name }) => name).filter((name) => !own.test(name))).toEqual([]);
  });

  it('tags what it describes as personal data', () => {
    const personal = [...printSchema().matchAll(/^ {2}(\w+).*@tag\(name: "personal"\)$/gm)].map(([, name]) => name);
    const described = types.flatMap((type) =>
      isObjectType(type)
        ? Object.values(type.getFields()).filter(({ description }) => description?.includes('Personal data'))
        : [],
    );
    expect(personal).toEqual(described.map(({ name }) => name));
  });
});

function undescribedParts(type: GraphQLNamedType): string[] {
  const parts: { readonly path: string; readonly description?: string | null | undefined }[] = [
    { path: type.name, ...type },
  ];
  if (isEnumType(type))
    parts.push(...type.getValues().map((value) => ({ ...value, path: `${type.name}.${value.name}` })));
  if (isObjectType(type) || isInterfaceType(type)) {
    for (const field of Object.values(type.getFields())) {
      const path = `${type.name}.${field.name}`;
      parts.push({ ...field, path }, ...field.args.map((arg) => ({ ...arg, path: `${path}(${arg.name})` })));
    }
  }
  return parts.filter(({ description }) => (description ?? '').trim() === '').map(({ path }) => path);
}
