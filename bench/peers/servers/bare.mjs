/** The baseline: bare node:http, which reads the body and sends a fixed response. */
import { createServer } from 'node:http';

const RESPONSE = Buffer.from('{"data":{"sms":{"id":"211","status":"DELIVERED","price":0.11}}}');

createServer((request, response) => {
  request.resume().once('end', () => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': RESPONSE.length }).end(RESPONSE);
  });
}).listen(0, '127.0.0.1');
