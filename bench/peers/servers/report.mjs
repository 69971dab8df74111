/**
 * Preloaded into every server: reports where it listens, and on request the CPU time and the memory that it has taken so far.
 */
import { subscribe } from 'node:diagnostics_channel';

subscribe('tracing:net.server.listen:asyncEnd', ({ server }) => process.send?.({ port: server.address().port }));

process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuSeconds: (user + system) / 1e6, rssBytes: process.memoryUsage.rss() });
});

// A server that ends by itself is not kept alive by this.
process.channel?.unref();
