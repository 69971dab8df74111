/** A company graph of several subgraphs behind a gateway. */
import { readFile } from 'node:fs/promises';
import type { RequestListener, ServerResponse } from 'node:http';
import { unifiedGraphHandler } from '@graphql-hive/router-runtime';
import { type DocumentNode, parse } from 'graphql';
import { onTestFinished } from 'vitest';
import type { TestApp } from '../../../test/helpers/app.ts';
import { listen, queryAt, type Result } from '../../../test/helpers/http.ts';
import { createApolloGateway } from '../apollo-gateway.ts';
import { type Composer, compose } from '../compose.ts';
import { createHiveGateway } from '../hive-gateway.ts';

/** The schema as another team gets it. */
export const bsgSchema: DocumentNode = parse(await readFile('schema.graphql', 'utf8'));

/** Starts a gateway that lives as long as the test. Returns its address. */
type StartGateway = (supergraph: string) => Promise<string>;

/** Hive Gateway. */
export const startHiveGateway: StartGateway = (supergraph) => startHiveGatewayWith({})(supergraph);

/** Hive Gateway with more options than the example sets. */
export function startHiveGatewayWith(options: Parameters<typeof createHiveGateway>[1]): StartGateway {
  return async (supergraph) => {
    const gateway = createHiveGateway(supergraph, options);
    onTestFinished(() => gateway[Symbol.asyncDispose]());
    return listen(gateway);
  };
}

const startApolloGateway: StartGateway = async (supergraph) => {
  const gateway = await createApolloGateway(supergraph);
  onTestFinished(gateway.dispose);
  return listen(gateway.listener);
};

/** The gateways, by name. */
export const GATEWAYS: readonly (readonly [string, StartGateway])[] = [
  ['Hive Gateway', startHiveGateway],
  // What its option `--hive-router-runtime` does.
  ["Hive Gateway with Hive Router's query planner", startHiveGatewayWith({ unifiedGraphHandler })],
  ["Apollo's gateway", startApolloGateway],
];

/** A subgraph of another team. */
export interface OtherSubgraph {
  readonly name: string;
  readonly typeDefs: DocumentNode;
  readonly listener: RequestListener;
}

/** Options of {@link startCompanyGraph}. */
export interface CompanyGraphOptions {
  readonly app: TestApp;
  readonly others: readonly OtherSubgraph[];
  readonly startGateway: StartGateway;
  readonly composer?: Composer;
}

/** A gateway in front of the app and of other subgraphs. */
export interface CompanyGraph {
  /** The gateway, without a slash at the end. */
  readonly address: string;
  /** The app's answers to the gateway, in the order of its calls; each has the call as `req`. */
  readonly answers: readonly ServerResponse[];
  query<Data>(query: string, headers?: Readonly<Record<string, string>>): Promise<Result<Data>>;
}

/** Starts a company graph that lives as long as the test. */
export async function startCompanyGraph({
  app,
  others,
  startGateway,
  composer,
}: CompanyGraphOptions): Promise<CompanyGraph> {
  const answers: ServerResponse[] = [];
  const recorded: RequestListener = (request, response) => {
    answers.push(response);
    app.listener(request, response);
  };
  const subgraphs = await Promise.all(
    [{ name: 'bsg', typeDefs: bsgSchema, listener: recorded }, ...others].map(async ({ listener, ...subgraph }) => ({
      ...subgraph,
      url: `${await listen(listener)}/graphql`,
    })),
  );
  const address = await startGateway(compose(subgraphs, composer));
  return {
    address,
    answers,
    query: (query, headers) => queryAt(address, { query }, headers),
  };
}
