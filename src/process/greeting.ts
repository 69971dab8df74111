import type { Config } from '../config/config.ts';

/** Where everything listens. */
export interface Addresses {
  readonly url: string;
  /** Null where operations have no port of their own. */
  readonly opsUrl: string | null;
  /** Null where statuses come from BSG. */
  readonly sandboxUrl: string | null;
}

/** What the server prints at its start outside production: its addresses, and three things to try. */
export function greeting(config: Config, { url, opsUrl, sandboxUrl }: Addresses): string {
  const addresses = [
    ['Sandbox', sandboxUrl],
    [config.queries.introspection ? 'GraphiQL' : 'Endpoint', `${url}/graphql`],
    ['Operators', opsUrl],
  ] as const;
  return `bsg-graphql is listening on ${config.http.host}.
${sourceOf(sandboxUrl)}
${addresses.flatMap(([name, address]) => (address === null ? [] : `${name.padEnd(12)}${address}\n`)).join('')}
Try:
  1. ${firstStep(config, sandboxUrl)}
  2. ${sampleQuery(config, url)}
  3. ${nextStep(sandboxUrl)}
`;
}

function sourceOf(sandboxUrl: string | null): string {
  return sandboxUrl === null
    ? 'Statuses come from BSG, with your key.'
    : 'NO API KEY: the embedded sandbox answers with made-up data. Set BSG_API_KEY to query BSG.';
}

function firstStep({ auth, queries }: Config, sandboxUrl: string | null): string {
  if (!queries.introspection) return 'Set INTROSPECTION=on, for GraphiQL.';
  if (auth !== null) return 'Open GraphiQL in a browser, and enter a token at the top.';
  const examples = sandboxUrl === null ? 'its tabs are examples; use your own ids' : 'its tabs are examples that run';
  return `Open GraphiQL in a browser: ${examples}.`;
}

function sampleQuery({ auth, sandbox }: Config, url: string): string {
  const token = auth === null ? '' : ` -H 'authorization: Bearer <a token>'`;
  const id = sandbox === null ? '<an id>' : '211';
  return `curl ${url}/graphql${token} -H 'content-type: application/json' \\
       -d '{"query":"{ sms(id: \\"${id}\\") { ... on Sms { status isFinal } ... on BsgErrorDetails { code message } } }"}'`;
}

function nextStep(sandboxUrl: string | null): string {
  if (sandboxUrl === null) return 'Run npm run schema, and compose schema.graphql into your supergraph.';
  return `curl -X PUT ${sandboxUrl}/sms/create -H 'X-API-KEY: test_me' \\
       -d '{"destination":"phone","originator":"me","body":"hi","msisdn":"380972000001","reference":"my_1"}'
     then query smsByReference(reference: "my_1") while its status changes.`;
}
