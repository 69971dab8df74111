import { GraphQLError } from 'graphql';
import { builder } from './builder.ts';

/** Times are RFC 3339 in UTC already, see `createTimesReader`; no argument takes one. */
builder.scalarType('DateTime', {
  description:
    'A moment in RFC 3339, always in UTC, such as `2017-01-17T09:11:41Z`; with or without a fraction of a second.',
  serialize: (instant) => instant,
  parseValue: () => {
    throw new GraphQLError('DateTime is for output only.');
  },
});
