import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { held, knowsAll, startFakeBsg } from '../helpers/fake-bsg.ts';
import { queryAt } from '../helpers/http.ts';
import { runProgram } from '../helpers/process.ts';
import { hasRedis, startRedis } from '../helpers/redis.ts';

const [, command = ''] = /^(ACL SETUSER .*)$/m.exec(readFileSync('docs/deploy.md', 'utf8')) ?? [];
const QUERY = '{ sms(id: "1") { ... on Sms { id } } smsByReference(reference: "ref_2") { ... on Sms { id } } }';

/** A Redis with the user of `docs/deploy.md`, perhaps with fewer permissions, and a server that uses it. */
async function startBoth(...fewer: readonly string[]) {
  const [bsg, redis] = await Promise.all([startFakeBsg(knowsAll({ status: 'sent' })), startRedis()]);
  const [, ...args] = command.split(' ');
  await redis.client.call('ACL', ...args, ...fewer);
  const program = runProgram([], {
    PORT: '0',
    BSG_API_KEY: 'live_secret',
    BSG_BASE_URL: bsg.baseUrl,
    REDIS_URL: redis.url.replace('//', '//bsg:PASSWORD@').concat('/1'),
    CACHE_TTL_MS: '0',
    WEBHOOK_SECRET: 'secret_of_the_reports',
    NODE_ENV: 'production',
    HOST: '127.0.0.1',
    AUTH: 'none',
  });
  const [, url] = await program.printed(/"url":"([^"]+)"/);
  await program.printed(/"msg":"Redis /);
  return { bsg, redis, program, url: String(url) };
}

/** Every line of the output. */
const linesOf = (output: string) => output.split('\n').filter((line) => line !== '');

describe.skipIf(!hasRedis)('a Redis user (needs Redis)', () => {
  it('needs no more than docs/deploy.md says', async () => {
    const { bsg, redis, program, url } = await startBoth();
    const slow = held();
    bsg.respond = slow.respond;
    const first = queryAt(`${url}/graphql`, { query: QUERY });
    await expect.poll(() => redis.client.call('INFO', 'commandstats')).toContain('cmdstat_pexpire');
    slow.release();
    await first;
    bsg.respond = knowsAll({ status: 'sent' });
    for (let i = 0; i < 3; i++) await queryAt(`${url}/graphql`, { query: QUERY });
    expect((await fetch(`${url}/hooks/bsg/secret_of_the_reports?id=1`)).status).toBe(204);
    await queryAt(`${url}/graphql`, { query: QUERY });

    expect(await (await fetch(`${url}/ready`)).json()).toMatchObject({ redis: 'up' });
    expect(await redis.client.call('ACL', 'LOG')).toEqual([]);
    await expect.poll(() => redis.client.call('INFO', 'commandstats')).toMatch(/cmdstat_incrby:calls=[4-9]/);
    program.child.kill('SIGTERM');
    expect(await program.ended).toBe(0);
    expect(await redis.client.call('ACL', 'LOG')).toEqual([]);
  });

  it('without the commands of the rate limit is reported, in lines of JSON alone', async () => {
    const { program, url } = await startBoth('-incrby');
    for (let i = 0; i < 3; i++) expect(await queryAt(`${url}/graphql`, { query: QUERY })).not.toHaveProperty('errors');

    const [line] = await program.printed(/.*Redis unavailable.*/);
    expect(JSON.parse(line)).toMatchObject({ operation: 'rate limit', reason: 'NOPERM' });
    for (const each of linesOf(program.output())) expect(JSON.parse(each)).toHaveProperty('msg');
  });

  it('with a password that the server does not require makes no library print past the log', async () => {
    const [bsg, redis] = await Promise.all([startFakeBsg(), startRedis()]);
    const program = runProgram([], {
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      PORT: '0',
      AUTH: 'none',
      BSG_API_KEY: 'live_secret',
      BSG_BASE_URL: bsg.baseUrl,
      REDIS_URL: redis.url.replace('//', '//:secret@'),
    });
    await program.printed(/Redis available/);
    await program.printed(/password/);
    for (const each of linesOf(program.output())) expect(JSON.parse(each)).toHaveProperty('msg');
  });
});
