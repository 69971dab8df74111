import {
  BREAK,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  GraphQLError,
  NoSchemaIntrospectionCustomRule,
  visit,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { requestError } from '../request/errors.ts';
import type { AdmittedRequest } from './gate.ts';

type RequestError = NonNullable<ExecutionResult['errors']>[number];

/** The names that graphql-js puts at the end of a message when it knows better ones. */
const SUGGESTION = / Did you mean .*$/s;

/**
 * Tells nobody what the schema is: no introspection, and no suggestions in errors. `_service`, by which a company graph is
 * composed, is answered to those whose caller is known.
 */
export function useHiddenSchema(): Plugin<{ readonly admitted: AdmittedRequest }> {
  return {
    onValidate({ addValidationRule }) {
      addValidationRule(NoSchemaIntrospectionCustomRule);
    },
    onExecute({ args, setResultAndStopExecution }) {
      if (args.contextValue.admitted.caller !== null || !asksForService(args)) return;
      setResultAndStopExecution({ errors: [requestError('schemaForbidden')] });
    },
    onExecutionResult({ result, setResult }) {
      if (result === undefined || Array.isArray(result) || Symbol.asyncIterator in result) return;
      if (result.errors?.some(suggests)) setResult({ ...result, errors: result.errors.map(withoutSuggestion) });
    },
  };
}

/** A document is looked through once. */
const answers = new WeakMap<DocumentNode, boolean>();

function asksForService({ document }: ExecutionArgs): boolean {
  const known = answers.get(document);
  if (known !== undefined) return known;
  let asks = false;
  visit(document, {
    Field({ name }) {
      asks ||= name.value === '_service';
      return asks ? BREAK : undefined;
    },
  });
  answers.set(document, asks);
  return asks;
}

function suggests({ message }: RequestError): boolean {
  return SUGGESTION.test(message);
}

function withoutSuggestion(error: RequestError): RequestError {
  if (!suggests(error)) return error;
  const { message, nodes, extensions } = error;
  return new GraphQLError(message.replace(SUGGESTION, ''), { nodes: nodes ?? null, extensions });
}
