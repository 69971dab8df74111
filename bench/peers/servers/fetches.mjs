/** What the hand-written servers cost without GraphQL: node:http, the same node-fetch requests, and one fixed shape of response. */
import { Agent, createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import fetch from 'node-fetch';
import { createFetchMessages } from './messages.mjs';

const agent = new Agent({ keepAlive: true });
const fetchMessages = createFetchMessages((url, options) => fetch(url, { ...options, agent }));

createServer(async (request, response) => {
  const { variables } = await json(request);
  const results = await fetchMessages(variables.ids ?? [variables.id]);
  const data = variables.ids === undefined ? { sms: results[0] } : { smsBatch: { results } };
  const body = Buffer.from(JSON.stringify({ data }));
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
}).listen(0, '127.0.0.1');
