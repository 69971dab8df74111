import { maxAliasesPlugin } from '@escape.tech/graphql-armor-max-aliases';
import { maxDepthPlugin } from '@escape.tech/graphql-armor-max-depth';
import { maxDirectivesPlugin } from '@escape.tech/graphql-armor-max-directives';
import { type ParseOptions, parse, type Source } from 'graphql';
import type { Plugin } from 'graphql-yoga';

/**
 * What a document may be, far above what front ends write and gateways plan: the largest documented query has 60 tokens,
 * and none that the schema answers is more than six deep.
 */
export const QUERY_LIMITS = { tokens: 5_000, depth: 10, aliases: 100, directives: 50 };

/**
 * Refuses documents that cost more to read than any honest one, with code `GRAPHQL_VALIDATION_FAILED` or
 * `GRAPHQL_PARSE_FAILED`. The limit of tokens is that of graphql-js, which stops reading there.
 */
export function queryLimits({ tokens, depth, aliases, directives } = QUERY_LIMITS): readonly Plugin[] {
  const parseUpTo = (source: string | Source, options?: ParseOptions) =>
    parse(source, { ...options, maxTokens: tokens });
  return [
    { onParse: ({ setParseFn }) => setParseFn(parseUpTo) },
    maxDepthPlugin({ n: depth }),
    maxAliasesPlugin({ n: aliases, allowList: [] }),
    maxDirectivesPlugin({ n: directives }),
  ];
}
