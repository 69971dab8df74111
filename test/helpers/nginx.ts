import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { onTestFinished } from 'vitest';
import { freePort } from './http.ts';

const NGINX = '/usr/sbin/nginx';
/** Suites that need nginx are skipped where there is none. */
export const hasNginx = existsSync(NGINX);

/** What nginx has outside its `http` block, and the folders it writes to, for one process of any user. */
const MAIN = `
daemon off;
master_process off;
pid FOLDER/pid;
error_log stderr notice;
events {}
http {
  access_log off;
  client_body_temp_path FOLDER/body;
  proxy_temp_path FOLDER/proxy;
  fastcgi_temp_path FOLDER/fastcgi;
  uwsgi_temp_path FOLDER/uwsgi;
  scgi_temp_path FOLDER/scgi;
  CONFIGURATION
}`;

/**
 * Starts nginx with this configuration of its `http` block, for as long as the test lives. In it `FOLDER` is a folder of the test's
 * own and `PORT` a free port of loopback. Returns its address.
 */
export async function startNginx(configuration: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'nginx-'));
  const port = await freePort();
  const file = join(folder, 'nginx.conf');
  const text = MAIN.replace('CONFIGURATION', () => configuration).replaceAll('FOLDER', folder);
  await writeFile(file, text.replaceAll('PORT', `127.0.0.1:${port}`));
  const nginx = spawn(NGINX, ['-c', file, '-e', 'stderr'], { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(nginx, 'close');
  onTestFinished(async () => {
    nginx.kill('SIGTERM');
    await ended;
    await rm(folder, { recursive: true });
  });
  await listening(nginx.stderr);
  return `http://127.0.0.1:${port}`;
}

/** Resolves once nginx listens. Reads on after that: a log that nobody reads would stop it. */
function listening(log: Readable): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = '';
    log.on('data', (chunk) => {
      output += String(chunk);
      // The first line that it writes after it listens.
      if (output.includes('OS: ')) resolve();
    });
    log.once('close', () => reject(new Error(`nginx has ended: ${output}`)));
  });
}

/** The example for operators, in front of the server at this address. */
export async function startNginxOfExample(upstream: string): Promise<string> {
  const example = await readFile('examples/deploy/nginx.conf', 'utf8');
  return startNginx(
    example
      .replace('/var/cache/nginx/bsg-graphql', 'FOLDER/cache')
      .replace('listen 8080', 'listen PORT')
      .replaceAll('/run/bsg-graphql-cache.sock', 'FOLDER/cache.sock')
      .replaceAll('http://bsg-graphql:4000', upstream),
  );
}
