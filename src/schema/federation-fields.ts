import { type GraphQLSchema, isObjectType } from 'graphql';

/** Descriptions of the types that the federation library adds. */
const TYPES: Readonly<Record<string, string>> = {
  _Any: 'For federation gateways: a representation, an object with `__typename` and the fields of one key.',
  _Entity: 'For federation gateways: the types that other subgraphs refer to.',
  _Service: 'For federation gateways: this subgraph.',
};

/** Descriptions of its fields in `Query`. */
const FIELDS: Readonly<Record<string, string>> = {
  _entities: 'For federation gateways: one entity for each representation, in the requested order.',
  _service: 'For federation gateways: the schema of this subgraph.',
};

const REPRESENTATIONS = 'Such as `{ __typename: "Sms", id: "211" }`.';
const SDL = 'The schema as text, with the federation directives.';

/** Describes what the federation library adds to a schema, and puts its fields after those that clients use. */
export function describeFederation(schema: GraphQLSchema): void {
  for (const [name, description] of Object.entries(TYPES)) {
    const type = schema.getType(name);
    if (type !== undefined) type.description = description;
    if (isObjectType(type)) for (const field of Object.values(type.getFields())) field.description = SDL;
  }
  const query = schema.getQueryType()?.getFields() ?? {};
  for (const [name, description] of Object.entries(FIELDS)) {
    const field = query[name];
    if (field === undefined) continue;
    // The order of the fields is that of the properties.
    delete query[name];
    query[name] = { ...field, description, args: field.args.map((arg) => ({ ...arg, description: REPRESENTATIONS })) };
  }
}
