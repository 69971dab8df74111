/** A fake BSG on loopback: every message exists and is delivered. It counts requests, and can be older or slower. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { priceOf } from './workloads.mjs';

/**
 * Starts it. Of what it returns, three properties may be changed at any time: `offersMassStatus`, whether it has the call
 * `POST /sms/getStatus`; `delayMs`, the time that it takes for each response; `requests`, the count of requests.
 */
export async function startUpstream() {
  const upstream = { url: '', offersMassStatus: true, delayMs: 0, requests: 0, close: () => server.close() };
  // Connections stay open between the workloads: a peer without retries must not meet one that closes just then.
  const server = createServer({ keepAliveTimeout: 600_000 }, async (request, response) => {
    upstream.requests++;
    const [status, body] = await responseTo(request, upstream.offersMassStatus);
    const send = () => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (upstream.delayMs > 0) setTimeout(send, upstream.delayMs);
    else send();
  });
  // A peer may open as many connections at once as it has messages to fetch.
  await once(server.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 }), 'listening');
  upstream.url = `http://127.0.0.1:${server.address().port}`;
  return upstream;
}

async function responseTo(request, offersMassStatus) {
  const [, id] = /^\/sms\/(\d+)$/.exec(request.url) ?? [];
  if (id !== undefined) return [200, singleAnswer(id)];
  if (request.url !== '/sms/getStatus' || !offersMassStatus) return [404, { code: 404, message: 'Not Found' }];
  const { ids } = await json(request);
  return [200, { result: ids.map((each) => massItem(String(each))) }];
}

function singleAnswer(id) {
  const { external_id: reference, ...message } = massItem(id);
  return { error: 0, errorDescription: 'No errors', ...message, reference, time_in: '2026-11-28 10:00:00' };
}

function massItem(id) {
  return {
    id,
    external_id: `ref_${id}`,
    msisdn: `38097${id.slice(-7).padStart(7, '0')}`,
    time_sent: '2026-11-28 10:00:01',
    time_dr: '2026-11-28 10:00:04',
    status: 'delivered',
    price: priceOf(id),
    currency: 'EUR',
  };
}
