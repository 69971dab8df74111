import { expect, it } from 'vitest';
import { startApp } from '../helpers/app.ts';
import { startFakeBsg, wireCampaign } from '../helpers/fake-bsg.ts';

const QUERY = '{ campaign(taskId: "6") { ... on Campaign { originator } ... on BsgErrorDetails { code } } }';

/** The sender name that the schema shows for these bytes, or the code of the failure. */
async function originatorOf(body: Buffer, contentType: string): Promise<unknown> {
  const bsg = await startFakeBsg((_, response) => response.writeHead(200, { 'content-type': contentType }).end(body));
  const { data } = await startApp(bsg.baseUrl).query(QUERY);
  return data;
}

const json = (originator: string) => JSON.stringify(wireCampaign({ originator }));
/** "Привет" in windows-1251. */
const CYRILLIC = Buffer.from([0xcf, 0xf0, 0xe8, 0xe2, 0xe5, 0xf2]);
const inWindows1251 = Buffer.from(json('?').replace('?', CYRILLIC.toString('latin1')), 'latin1');

it.each<[string, string, Buffer, string]>([
  ['no charset', 'text/json', Buffer.from(json('Привет')), 'Привет'],
  ['a byte order mark', 'application/json', Buffer.from(`\uFEFF${json('Привет')}`), 'Привет'],
  ['UTF-8', 'application/json; charset=UTF-8', Buffer.from(json('Привет')), 'Привет'],
  ['windows-1251', 'text/json; charset=windows-1251', inWindows1251, 'Привет'],
  ['a quoted charset', 'text/json;boundary=x; Charset="CP1251"', inWindows1251, 'Привет'],
  ['ISO 8859-1', 'text/json; charset=iso-8859-1', Buffer.from(json('Müller'), 'latin1'), 'Müller'],
  ['UTF-16', 'text/json; charset=utf-16le', Buffer.from(json('Привет'), 'utf16le'), 'Привет'],
])('a response with %s is decoded by it', async (_, contentType, body, originator) => {
  expect(await originatorOf(body, contentType)).toEqual({ campaign: { originator } });
});

it.each<[string, string, Buffer]>([
  ['a charset that the runtime does not know', 'text/json; charset=utf-7', Buffer.from(json('alpha'))],
  ['bytes that are not of its charset', 'text/json; charset=utf-8', inWindows1251],
  ['bytes that are no UTF-8 and no charset', 'text/json', inWindows1251],
])('a response with %s is refused, never garbled', async (_, contentType, body) => {
  expect(await originatorOf(body, contentType)).toEqual({ campaign: { code: 'BAD_RESPONSE' } });
});
