import cluster from 'node:cluster';
import type { Server } from 'node:http';
import { createApp } from '../app.ts';
import type { Config } from '../config/config.ts';
import { flushLog, type Log } from '../ops/log.ts';
import { shutDown } from '../ops/shutdown.ts';
import { flushSpans } from '../ops/tracing.ts';
import { reportToPrimary } from '../ops/worker-metrics.ts';
import { startSandbox } from '../sandbox/server.ts';
import { createHttpServer, type HttpServerOptions } from '../transports/http-server.ts';
import { greeting } from './greeting.ts';
import { listen, rejectAddress } from './listen.ts';
import { shutDownOnSignal } from './signals.ts';

/** Longer than the 60 seconds for which load balancers keep idle connections, so that they never send on a closed one. */
const KEEP_ALIVE_MS = 65_000;

/** Runs the server in this process, until a signal ends it. */
export async function serve(config: Config, log: Log): Promise<void> {
  const { host, port, shutdownMs } = config.http;
  const sandbox =
    config.sandbox === null ? null : await startSandbox(config.sandbox).catch(rejectAddress('SANDBOX_PORT'));
  const app = createApp(
    sandbox === null ? config : { ...config, bsg: { ...config.bsg, baseUrl: sandbox.baseUrl } },
    log,
  );
  if (cluster.isWorker) reportToPrimary(app.registry);
  const server = createHttpServer(app);
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  const url = await listen(server, { host, port, portVariable: 'PORT' });
  const ops = await listenForOps(config.http, { listener: app.opsListener, onMalformed: app.onMalformed });
  async function end(): Promise<void> {
    log.info('Draining: finishing requests in flight.');
    app.drain();
    await shutDown(server, { shutdownMs, endStreams: app.endStreams, closeSockets: app.closeSockets });
    await app.dispose();
    await sandbox?.close();
    ops?.server.close();
    ops?.server.closeAllConnections();
    await flushSpans();
    await flushLog();
  }
  // Before it is said that the server listens: a signal may follow at once. The primary passes on what a terminal has sent already.
  shutDownOnSignal({ run: end, withinMs: shutdownMs, isForcible: !cluster.isWorker });
  const addresses = { url, opsUrl: ops?.url ?? null };
  if (config.isProduction) log.info(addresses, 'Listening.');
  else process.stdout.write(greeting(config, { ...addresses, sandboxUrl: sandbox?.baseUrl ?? null }));
}

/** Null where there is no port of its own for operations, or where it is the primary's, which collects the metrics of all workers. */
async function listenForOps(
  { host, opsPort }: Config['http'],
  options: HttpServerOptions,
): Promise<{ readonly server: Server; readonly url: string } | null> {
  if (opsPort === null || cluster.isWorker) return null;
  const server = createHttpServer(options);
  return { server, url: await listen(server, { host, port: opsPort, portVariable: 'OPS_PORT' }) };
}
