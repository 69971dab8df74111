/** Apollo's gateway without Apollo Server. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ApolloGateway, RemoteGraphQLDataSource } from '@apollo/gateway';
import { type DirectiveNode, type ExecutionArgs, parse, print, visit } from 'graphql';
import { createHandler } from 'graphql-http/lib/use/http';

// Otherwise it reports to Apollo and queries cloud metadata services; there is no other switch.
process.env['APOLLO_TELEMETRY_DISABLED'] ??= 'true';

/** What the gateway forwards from a request. */
interface Context {
  readonly authorization: string | undefined;
}

/** Apollo's gateway as a listener for `node:http`. It has no subscriptions; Apollo Router has. */
export interface ApolloGatewayServer {
  readonly listener: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  dispose(): Promise<void>;
}

/** Starts Apollo's gateway on a supergraph. Rejects where the SDL is invalid. */
export async function createApolloGateway(supergraphSdl: string): Promise<ApolloGatewayServer> {
  const gateway = new ApolloGateway({
    supergraphSdl: withoutScopes(supergraphSdl),
    buildService: ({ url }) => createSource(url),
  });
  const { schema, executor } = await gateway.load();
  return {
    listener: createHandler({
      schema,
      context: ({ raw: { headers } }) => ({ authorization: headers.authorization }),
      execute: (operation: ExecutionArgs) => executor(requestOf(operation) as Parameters<typeof executor>[0]),
    }),
    dispose: () => gateway.stop(),
  };
}

/** Apollo's gateway does not start with `@requiresScopes`, which it cannot enforce. The subgraph authorizes on its own. */
function withoutScopes(supergraphSdl: string): string {
  const isScopes = (node: DirectiveNode) =>
    node.name.value === 'requiresScopes' || (node.name.value === 'link' && print(node).includes('/requiresScopes/'));
  const withoutUses = visit(parse(supergraphSdl), {
    Directive: (node) => (isScopes(node) ? null : undefined),
    DirectiveDefinition: ({ name }) => (name.value === 'requiresScopes' ? null : undefined),
  });
  return print(withoutUses);
}

function createSource(url: string | undefined): RemoteGraphQLDataSource<Context> {
  return new RemoteGraphQLDataSource<Context>({
    ...(url === undefined ? {} : { url }),
    willSendRequest({ request, context: { authorization } }) {
      if (authorization !== undefined) request.http?.headers.set('authorization', authorization);
    },
  });
}

/** The fields that the gateway reads from a request of Apollo Server. */
function requestOf({ document, operationName, variableValues, contextValue }: ExecutionArgs) {
  const query = print(document);
  return {
    document,
    queryHash: query,
    context: contextValue,
    metrics: {},
    request: { query, variables: variableValues ?? {}, ...(operationName == null ? {} : { operationName }) },
  };
}
