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

/** The suggestions that graphql-js adds to the end of a message. */
const SUGGESTION = / Did you mean .*$/s;

/**
 * Hides the schema: no introspection, and no suggestions in errors. `_service`, which gateways compose from, is for
 * authenticated callers.
 */
export function useHiddenSchema(): Plugin<{ readonly admitted: AdmittedRequest }> {
  return {
    onValidate({ addValidationRule }) {
      addValidationRule(NoSchemaIntrospectionCustomRule);
    },
    onExecute({ args, setResultAndStopExecution }) {
      if (args.contextValue.admitted.caller !== null || !selectsService(args)) return;
      setResultAndStopExecution({ errors: [requestError('schemaForbidden')] });
    },
    onExecutionResult({ result, setResult }) {
      if (result === undefined || Array.isArray(result) || Symbol.asyncIterator in result) return;
      if (result.errors?.some(suggests)) setResult({ ...result, errors: result.errors.map(withoutSuggestion) });
    },
  };
}

/** A document that is kept is searched once. */
const selections = new WeakMap<DocumentNode, boolean>();

function selectsService({ document }: ExecutionArgs): boolean {
  const known = selections.get(document);
  if (known !== undefined) return known;
  let selects = false;
  visit(document, {
    Field({ name }) {
      selects ||= name.value === '_service';
      return selects ? BREAK : undefined;
    },
  });
  selections.set(document, selects);
  return selects;
}

function suggests({ message }: RequestError): boolean {
  return SUGGESTION.test(message);
}

function withoutSuggestion(error: RequestError): RequestError {
  if (!suggests(error)) return error;
  const { message, nodes, extensions } = error;
  return new GraphQLError(message.replace(SUGGESTION, ''), { nodes: nodes ?? null, extensions });
}
