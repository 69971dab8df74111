import type { IncomingMessage, ServerResponse } from 'node:http';
import { ApolloGateway, RemoteGraphQLDataSource } from '@apollo/gateway';
import { type ExecutionArgs, print } from 'graphql';
import { createHandler } from 'graphql-http/lib/use/http';

// Else it reports to Apollo and asks the clouds where it runs; it has no other switch.
process.env['APOLLO_TELEMETRY_DISABLED'] ??= 'true';

/** What the gateway passes on of a request. */
interface Context {
  readonly authorization: string | undefined;
}

/** Apollo's gateway, ready to be given a socket. It has no subscriptions; Apollo's router has. */
export interface ApolloGatewayServer {
  readonly listener: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  dispose(): Promise<void>;
}

/** Starts Apollo's gateway on a supergraph. Rejects when the text is none. */
export async function createApolloGateway(supergraphSdl: string): Promise<ApolloGatewayServer> {
  const gateway = new ApolloGateway({ supergraphSdl, buildService: ({ url }) => createSource(url) });
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

function createSource(url: string | undefined): RemoteGraphQLDataSource<Context> {
  return new RemoteGraphQLDataSource<Context>({
    ...(url === undefined ? {} : { url }),
    willSendRequest({ request, context: { authorization } }) {
      if (authorization !== undefined) request.http?.headers.set('authorization', authorization);
    },
  });
}

/** What the gateway reads of a request of Apollo Server. */
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
