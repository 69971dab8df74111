/** Readers of batches. */
import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { RESULT_FIELDS, type Result, type Witness } from './checker.ts';
import type { Program } from './programs.ts';
import type { RunOptions } from './run-options.ts';
import { referenceOf } from './truth.ts';

const QUERY = `query ($ids: [ID!], $references: [String!]) {
  smsBatch(ids: $ids, references: $references) { results { ${RESULT_FIELDS} } }
}`;
const MAX_KEYS = 12;
/** The pause of a reader between two reads is up to so long. */
const MAX_PAUSE_MS = 160;
/** A reader gives an instance up after so long, and takes another. */
const GIVES_UP_AFTER_MS = 8_000;

/** Options of {@link read}. */
export interface ReaderOptions extends RunOptions {
  readonly createWitness: () => Witness;
  /** Whether it reads from another instance each time, or from one for as long as that is up. */
  readonly moves: boolean;
  /** `BSG_TIMEOUT_MS` and half a second: the promised bound of a read. */
  readonly maxDurationMs: number;
}

/** Reads random messages until the run is over. */
export async function read(options: ReaderOptions): Promise<void> {
  const { truth, random, servers, createWitness, moves, signal } = options;
  const agent = new Agent({ keepAlive: true });
  let witness = createWitness();
  let server = random.pick(servers);
  while (!signal.aborted) {
    if (moves || !server.isUp) server = random.pick(servers.filter(({ isUp }) => isUp));
    const ids = Array.from({ length: 1 + random.below(MAX_KEYS) }, () => random.pick(truth.ids));
    // What a reader has seen at an instance that ended is not expected of another one, unless it moves all the time.
    const hasAnswered = await readOnce(options, { agent, server, witness, ids });
    if (!hasAnswered && !moves) witness = createWitness();
    await pause(random.between(0, MAX_PAUSE_MS));
  }
  agent.destroy();
}

interface Read {
  readonly agent: Agent;
  readonly server: Program;
  readonly witness: Witness;
  readonly ids: readonly string[];
}

/** Returns false where the instance was killed or stopped meanwhile. */
async function readOnce({ tally, random, maxDurationMs }: ReaderOptions, { agent, server, witness, ids }: Read) {
  const idCount = Math.ceil(random.next() * ids.length);
  const byId = ids.slice(0, idCount);
  const byReference = ids.slice(idCount);
  const sentAtMs = Date.now();
  tally.requests++;
  const answer = await send(agent, server.port, { ids: byId, references: byReference.map(referenceOf) });
  const tookMs = Date.now() - sentAtMs;
  if (server.wasDisturbedSince(sentAtMs)) {
    tally.failedOver++;
    return false;
  }
  const results = resultsOf(answer);
  if (results?.length !== ids.length) tally.found('lost', `${answer}, after ${tookMs} ms`);
  else if (tookMs > maxDurationMs) tally.found('late', `${tookMs} ms for ${ids.length} messages`);
  ids.forEach((id, i) => {
    const result = results?.[i];
    if (result !== undefined) witness.check(id, result, sentAtMs);
  });
  return true;
}

function resultsOf(answer: string): readonly Result[] | null {
  if (!answer.startsWith('{"data":{"smsBatch":')) return null;
  return (JSON.parse(answer) as { data: { smsBatch: { results: readonly Result[] } } }).data.smsBatch.results;
}

/** Returns the body of the response, or in words why there is none. */
async function send(agent: Agent, port: number, variables: object): Promise<string> {
  const call = request({
    agent,
    host: '127.0.0.1',
    port,
    path: '/graphql',
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    signal: AbortSignal.timeout(GIVES_UP_AFTER_MS),
  });
  return new Promise((resolve) => {
    call.on('error', (error) => resolve(`No response: ${error.message}`));
    call.on('response', (response) =>
      text(response).then(resolve, (error: Error) => resolve(`Half a response: ${error.message}`)),
    );
    call.end(JSON.stringify({ query: QUERY, variables }));
  });
}
