import { composeSchemaContract } from '@theguild/federation-composition';
import { buildSchema, type GraphQLSchema, isObjectType, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { COMPOSERS, GATEWAY_COMPOSERS } from '../composers.ts';
import { ordersSchema } from '../orders.ts';
import { bsgSchema } from './company-graph.ts';

const bsg = { name: 'bsg', url: 'http://bsg', typeDefs: bsgSchema };
const orders = { name: 'orders', url: 'http://orders', typeDefs: ordersSchema };

/** A subgraph of another team. */
function subgraph(typeDefs: string) {
  const link = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.6", import: ["@key", "@override"])';
  return { name: 'other', url: 'http://other', typeDefs: parse(`${link} ${typeDefs}`) };
}

describe.each(GATEWAY_COMPOSERS)('a supergraph composed by %s', (_, compose) => {
  it('has the keys and the tags', () => {
    const { errors, supergraphSdl } = compose([bsg, orders]);

    expect(errors ?? []).toEqual([]);
    expect(supergraphSdl).toContain('@join__type(graph: BSG, key: "reference")');
    expect(supergraphSdl).toContain('@join__type(graph: ORDERS, key: "taskId", resolvable: false)');
    expect(supergraphSdl).toMatch(/msisdn: String .*@tag\(name: "personal"\)/);
    expect(supergraphSdl).toContain(
      'sms(id: ID!): SmsResult! @join__field(graph: BSG) @tag(name: "lookup")'.slice(-45),
    );
  });

  it('tells routers the scope of personal fields, and what statuses cost', () => {
    const { supergraphSdl } = compose([bsg, orders]);

    for (const field of ['msisdn', 'body'])
      expect(supergraphSdl).toMatch(
        new RegExp(`${field}: String .*@requiresScopes\\(scopes: \\[\\["bsg:personal"]]\\)`),
      );
    expect(supergraphSdl).toMatch(/\): \[CampaignResult!]! .*@listSize\(assumedSize: 100\)/);
    expect(supergraphSdl).toMatch(/results: \[SmsResult!]! .*@listSize\(assumedSize: 100\)/);
    expect(supergraphSdl).toMatch(/timeIn: DateTime .*@cost\(weight: 1\)/);
  });
});

describe.each(COMPOSERS)('%s', (_, compose) => {
  it('composes the schemas of the example without hints', () => {
    const { errors, hints } = compose([bsg, orders]);
    expect([...(errors ?? []), ...(hints ?? [])]).toEqual([]);
  });

  it.each([
    ['a DateTime of its own', 'scalar DateTime @specifiedBy(url: "http://date-time") type Query { now: DateTime }'],
    [
      'messages by both keys',
      'type Query { a: Sms } type Sms @key(fields: "id") @key(fields: "reference") { id: ID! reference: String }',
    ],
    [
      'an id of its own for campaigns, which it overrides, beside the task id',
      'type Query { a: Campaign } type Campaign @key(fields: "id") @key(fields: "taskId") { id: ID! @override(from: "bsg") taskId: ID! }',
    ],
    [
      'more to say of a message',
      'type Query { a: Int } type Sms @key(fields: "reference") { reference: String order: Int }',
    ],
  ])('composes with a graph that has %s', (_, typeDefs) => {
    expect(compose([bsg, subgraph(typeDefs)]).errors ?? []).toEqual([]);
  });

  it.each([
    [
      'a Campaign that is another thing',
      'type Query { promotion: Campaign } type Campaign @key(fields: "id") { id: ID! }',
    ],
    [
      'an id of its own for campaigns',
      'type Query { a: Campaign } type Campaign @key(fields: "id") @key(fields: "taskId") { id: ID! taskId: ID! }',
    ],
    ['a root field of the same name', 'type Query { campaign(id: ID!): Int }'],
    [
      'a status of its own for a message',
      'type Query { a: Int } type Sms @key(fields: "id") { id: ID! status: String }',
    ],
  ])('fails to compose where a graph has %s', (_, typeDefs) => {
    expect(compose([bsg, subgraph(typeDefs)]).errors ?? []).not.toEqual([]);
  });
});

describe('a contract', () => {
  const fieldsOf = (graph: GraphQLSchema) =>
    Object.values(graph.getTypeMap())
      .filter((type) => isObjectType(type) && !type.name.startsWith('__'))
      .flatMap((type) =>
        isObjectType(type) ? Object.keys(type.getFields()).map((field) => `${type.name}.${field}`) : [],
      );

  function contract(...excluded: readonly string[]): GraphQLSchema {
    const composed = composeSchemaContract([bsg, orders], { include: new Set(), exclude: new Set(excluded) }, true);
    if (!('publicSdl' in composed) || composed.publicSdl === undefined)
      throw new Error(JSON.stringify(composed.errors));
    return buildSchema(composed.publicSdl);
  }

  it('without `personal` lacks the phone numbers and the texts, and nothing else', () => {
    const left = new Set(fieldsOf(contract('personal')));
    expect(fieldsOf(contract()).filter((field) => !left.has(field))).toEqual(['Campaign.body', 'Sms.msisdn']);
  });

  it('without `lookup` leaves messages and campaigns to those who have them', () => {
    const left = contract('lookup');
    expect(Object.keys(left.getQueryType()?.getFields() ?? {})).toEqual(['orders']);
    expect(left.getSubscriptionType()).toBeUndefined();
    expect(left.getType('SmsResult')).toBeUndefined();
    expect(left.getType('Sms')).toBeDefined();
  });
});
