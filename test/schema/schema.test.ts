import { readFile } from 'node:fs/promises';
import { composeServices as composeByApollo } from '@apollo/composition';
import { composeServices as composeByGuild } from '@theguild/federation-composition';
import {
  type GraphQLNamedType,
  isEnumType,
  isInterfaceType,
  isObjectType,
  isSpecifiedScalarType,
  parse,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { printSchema, schema } from '../../src/schema/index.ts';

describe('schema.graphql', () => {
  it('is what the code says; `npm run schema` writes it', async () => {
    expect(await readFile('schema.graphql', 'utf8')).toBe(printSchema());
  });

  it.each([
    ['@apollo/composition', composeByApollo],
    ['@theguild/federation-composition', composeByGuild],
  ])('composes with a subgraph that refers to its types, by %s', async (_, compose) => {
    const services = await Promise.all(
      [
        { name: 'bsg', url: 'http://bsg', file: 'schema.graphql' },
        { name: 'orders', url: 'http://orders', file: 'test/fixtures/orders.graphql' },
      ].map(async ({ file, ...service }) => ({ ...service, typeDefs: parse(await readFile(file, 'utf8')) })),
    );

    const { errors, supergraphSdl } = compose(services);

    expect(errors ?? []).toEqual([]);
    expect(supergraphSdl).toContain('@join__type(graph: BSG, key: "reference")');
    expect(supergraphSdl).toContain('@join__type(graph: ORDERS, key: "taskId", resolvable: false)');
  });
});

describe('the schema', () => {
  const federationTypes = ['_Any', '_Entity', '_Service', 'link__Import', 'federation__FieldSet'];
  const types = Object.values(schema.getTypeMap()).filter(
    (type) => !type.name.startsWith('__') && !isSpecifiedScalarType(type) && !federationTypes.includes(type.name),
  );

  it.each(types.map((type) => [type.name, type] as const))('describes %s and all of its parts', (_, type) => {
    expect(undescribedParts(type)).toEqual([]);
  });
});

function undescribedParts(type: GraphQLNamedType): string[] {
  const parts: { readonly path: string; readonly description?: string | null | undefined }[] = [
    { path: type.name, ...type },
  ];
  if (isEnumType(type))
    parts.push(...type.getValues().map((value) => ({ ...value, path: `${type.name}.${value.name}` })));
  if (isObjectType(type) || isInterfaceType(type)) {
    for (const field of Object.values(type.getFields()).filter(({ name }) => !name.startsWith('_'))) {
      const path = `${type.name}.${field.name}`;
      parts.push({ ...field, path }, ...field.args.map((arg) => ({ ...arg, path: `${path}(${arg.name})` })));
    }
  }
  return parts.filter(({ description }) => (description ?? '').trim() === '').map(({ path }) => path);
}
