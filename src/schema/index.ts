/** The schema: imports every type and builds it. */
import './bsg-error.ts';
import './campaign.ts';
import './date-time.ts';
import './sms.ts';
import './sms-batch.ts';
import { printSubgraphSchema } from '@apollo/subgraph';
import { printSchema as printPlainSchema } from 'graphql';
import { builder } from './builder.ts';
import { resolveEntitiesAlone } from './entities.ts';
import { describeFederation } from './federation-fields.ts';

/** The oldest version that has `@cost` and `@listSize`. */
const LINK = 'https://specs.apollo.dev/federation/v2.9';

/** The schema that the server runs: a Federation 2 subgraph that is complete on its own. */
export const schema = builder.toSubGraphSchema({ linkUrl: LINK });
resolveEntitiesAlone(schema);
describeFederation(schema);

/** The schema as text, with the federation directives: the content of `schema.graphql`. */
export function printSchema(): string {
  return `${printSubgraphSchema(schema)}\n`;
}

/** The schema for clients as text, without federation: what `graphql-js`, Relay's compiler and other tools read. */
export function printClientSchema(): string {
  return `${printPlainSchema(builder.toSchema({}))}\n`;
}
