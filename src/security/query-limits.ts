import { maxAliasesPlugin } from '@escape.tech/graphql-armor-max-aliases';
import { maxDepthPlugin } from '@escape.tech/graphql-armor-max-depth';
import { maxDirectivesPlugin } from '@escape.tech/graphql-armor-max-directives';
import { type DocumentNode, type GraphQLError, type ParseOptions, parse, type Source, validate } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { requestError } from '../request/errors.ts';

/**
 * Far above what front ends write and gateways plan: the largest documented query has 60 tokens, and the schema allows none
 * that is more than six deep.
 */
const QUERY_LIMITS = { characters: 32_768, tokens: 2_000, depth: 10, aliases: 100, directives: 50 };

/** The location of each error is counted from the start of the query, so many errors in a long one take seconds. */
const MAX_VALIDATION_ERRORS = 5;

/** Replaces the plugins' own error, which is one of syntax. */
const onReject = [
  (_: unknown, { message }: GraphQLError) => {
    throw requestError('queryTooComplex', { reason: message.replace(/^Syntax Error: /, '') });
  },
];

/**
 * Refuses documents that are too expensive to parse or validate (denial of service), with `GRAPHQL_VALIDATION_FAILED` or
 * `GRAPHQL_PARSE_FAILED`. The limit of tokens is that of graphql-js, which stops parsing there. `onInvalid` is called with each
 * document that is not valid.
 */
export function queryLimits(
  onInvalid: (document: DocumentNode) => void,
  { characters, tokens, depth, aliases, directives } = QUERY_LIMITS,
): readonly Plugin[] {
  const parseUpTo = (source: string | Source, options?: ParseOptions) =>
    parse(source, { ...options, maxTokens: tokens });
  const validateUpTo: typeof validate = (schema, document, rules, options, typeInfo) => {
    let errors: ReturnType<typeof validate> | null = null;
    try {
      errors = validate(schema, document, rules, { ...options, maxErrors: MAX_VALIDATION_ERRORS }, typeInfo);
      return errors;
    } finally {
      if (errors?.length !== 0) onInvalid(document);
    }
  };
  return [
    {
      onParams({ params: { query = '' } }) {
        if (query.length > characters) throw requestError('queryTooLong', { maxCharacters: characters });
      },
      onParse: ({ setParseFn }) => setParseFn(parseUpTo),
      onValidate: ({ setValidationFn }) => setValidationFn(validateUpTo),
    },
    maxDepthPlugin({ n: depth, onReject }),
    maxAliasesPlugin({ n: aliases, allowList: [], onReject }),
    maxDirectivesPlugin({ n: directives, onReject }),
  ];
}
