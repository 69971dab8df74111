/** Subscribers, who reconnect to another instance when theirs ends. */
import { get } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { RESULT_FIELDS, type Result, type Witness } from './checker.ts';
import type { RunOptions } from './run-options.ts';

const RECONNECTS_AFTER_MS = 300;

/** Options of {@link watch}. */
export interface SubscriberOptions extends RunOptions {
  readonly createWitness: () => Witness;
}

/** Watches one message until it is final, or the run is over. A final status that it never receives is a missed event. */
export async function watch(options: SubscriberOptions, id: string): Promise<void> {
  const { truth, tally, random, servers, createWitness, signal } = options;
  const witness = createWitness();
  let version = 0;
  while (!signal.aborted && !truth.isFinal(version)) {
    const server = random.pick(servers.filter(({ isUp }) => isUp));
    await receive(options, server.port, id, (result) => {
      tally.events++;
      // An event may be about a poll that began a while ago; its age is not promised.
      witness.check(id, result, Number.NEGATIVE_INFINITY);
      version = Math.max(version, truth.versionOf(result.status ?? ''));
    });
    await pause(RECONNECTS_AFTER_MS);
  }
  if (!truth.isFinal(version)) tally.found('missed', `${id} was seen in version ${version} at last`);
}

/** Reads one event stream to its end, whatever ends it. */
function receive(
  { signal }: SubscriberOptions,
  port: number,
  id: string,
  onResult: (result: Result) => void,
): Promise<void> {
  const query = encodeURIComponent(`subscription { smsUpdates(ids: ["${id}"]) { ${RESULT_FIELDS} } }`);
  const options = { host: '127.0.0.1', port, path: `/graphql?query=${query}`, agent: false, signal };
  return new Promise((resolve) => {
    const call = get({ ...options, headers: { accept: 'text/event-stream' } }, (response) => {
      let buffer = '';
      response.setEncoding('utf8').on('data', (text: string) => {
        const events = `${buffer}${text}`.split('\n\n');
        buffer = events.pop() ?? '';
        for (const event of events) for (const result of resultOf(event)) onResult(result);
      });
      response.on('error', () => {}).on('close', resolve);
    });
    call.on('error', () => resolve());
  });
}

function resultOf(event: string): readonly Result[] {
  const [, data] = /^event: next\ndata: (.*)/m.exec(event) ?? [];
  if (data === undefined) return [];
  const { data: fields } = JSON.parse(data) as { readonly data: { readonly smsUpdates: Result } | null };
  return fields === null ? [] : [fields.smsUpdates];
}
