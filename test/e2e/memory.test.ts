import { expect, it } from 'vitest';
import { HOSTILE_QUERIES } from '../fixtures/hostile-queries.ts';
import { graphqlPost } from '../helpers/http.ts';
import { runProgram } from '../helpers/process.ts';
import { startOptions } from '../helpers/start-options.ts';

it('the server survives a flood of distinct hostile queries in a heap of 64 MB', async () => {
  // The options of the image: without them, the young generation of Node 24 alone takes more than that.
  const options = ['--max-old-space-size=64', ...startOptions()];
  const program = runProgram([], { PORT: '0', SANDBOX_PORT: '0', RATE_LIMIT: '0' }, 'dist/main.js', options);
  const [, address = ''] = await program.printed(/GraphiQL +(\S+)/);
  const send = (query: string) => fetch(address, graphqlPost({ query }));

  for (let i = 0; i < 300; i++) {
    const [, query] = HOSTILE_QUERIES[i % HOSTILE_QUERIES.length] ?? ['', ''];
    const response = await send(
      `# ${i} ${'x'.repeat(Math.max(0, 500_000 - query.length))}\n${query}`.slice(0, 1_000_000),
    );
    await response.text();
  }
  for (let i = 0; i < 5_000; i++) await (await send(`{a${i}}`)).text();
  expect(await (await send('{ sms(id: "211") { ... on Sms { id } } }')).json()).toEqual({
    data: { sms: { id: '211' } },
  });
}, 180_000);
