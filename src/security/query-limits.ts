import { maxAliasesPlugin } from '@escape.tech/graphql-armor-max-aliases';
import { maxDepthPlugin } from '@escape.tech/graphql-armor-max-depth';
import { maxDirectivesPlugin } from '@escape.tech/graphql-armor-max-directives';
import { type GraphQLError, type ParseOptions, parse, type Source, validate } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { requestError } from '../request/errors.ts';

/**
 * What a document may be, far above what front ends write and gateways plan: the largest documented query has 60 tokens,
 * and none that the schema answers is more than six deep.
 */
const QUERY_LIMITS = { characters: 32_768, tokens: 2_000, depth: 10, aliases: 100, directives: 50 };

/** Where an error is in a query is counted from its start each time, so many errors of one long query take seconds. */
const MAX_ERRORS = 20;

/** In place of the plugins' own error, which calls it one of syntax. */
const onReject = [
  (_: unknown, { message }: GraphQLError) => {
    throw requestError('queryTooComplex', { reason: message.replace(/^Syntax Error: /, '') });
  },
];

/**
 * Refuses documents that cost more to read than any honest one, with code `GRAPHQL_VALIDATION_FAILED` or
 * `GRAPHQL_PARSE_FAILED`. The limit of tokens is that of graphql-js, which stops reading there.
 */
export function queryLimits({ characters, tokens, depth, aliases, directives } = QUERY_LIMITS): readonly Plugin[] {
  const parseUpTo = (source: string | Source, options?: ParseOptions) =>
    parse(source, { ...options, maxTokens: tokens });
  return [
    {
      onParams({ params: { query = '' } }) {
        if (query.length > characters) throw requestError('queryTooLong', { maxCharacters: characters });
      },
      onParse: ({ setParseFn }) => setParseFn(parseUpTo),
      onValidate: ({ setValidationFn }) => setValidationFn(validateWithFewErrors),
    },
    maxDepthPlugin({ n: depth, onReject }),
    maxAliasesPlugin({ n: aliases, allowList: [], onReject }),
    maxDirectivesPlugin({ n: directives, onReject }),
  ];
}

const validateWithFewErrors: typeof validate = (schema, document, rules, options, typeInfo) =>
  validate(schema, document, rules, { ...options, maxErrors: MAX_ERRORS }, typeInfo);
