import { describe, expect, it } from 'vitest';
import { startTestSandbox } from '../helpers/sandbox.ts';

type TestSandbox = Awaited<ReturnType<typeof startTestSandbox>>;

function getStatus({ call }: TestSandbox, ids: readonly (number | string)[]) {
  return call('POST', '/sms/getStatus', `{"ids":[${ids}]}`);
}

function idsOf(body: { readonly result: readonly { readonly id: string | number }[] }) {
  return body.result.map(({ id }) => String(id));
}

describe('POST /sms/getStatus', () => {
  it('answers with the fields of a single answer, the reference as external_id, and without time_in', async () => {
    const sandbox = await startTestSandbox();
    expect(await getStatus(sandbox, [211])).toMatchObject({
      status: 200,
      body: {
        result: [
          {
            id: '211',
            external_id: 'ext_id_19',
            msisdn: '380972000001',
            time_sent: '2017-01-17 09:11:41',
            time_dr: '2017-01-17 09:11:41',
            status: 'delivered',
            price: 0.23,
            currency: 'EUR',
          },
        ],
      },
    });
    expect(Object.keys((await getStatus(sandbox, [211])).body.result[0])).toHaveLength(8);
  });

  it('answers in the order of ids, each once, and leaves out ids that do not exist or are of campaigns', async () => {
    const sandbox = await startTestSandbox();
    const { body } = await getStatus(sandbox, [310, 211, 404404, 5001, 301, 211]);
    expect(idsOf(body)).toEqual(['211', '301', '310']);
  });

  it('leaves out seeded errors and faults, whose answers are their own, but for the error 32 as an item', async () => {
    const sandbox = await startTestSandbox();
    const { body } = await getStatus(sandbox, [8404, 8422, 9001, 9020, 9032, 9408, 9429, 9499, 9500]);
    expect(body).toEqual({ result: [{ id: '9032', error: 32, errorDescription: 'Sender not allowed' }] });
  });

  it('answers as a single request does while messages move', async () => {
    const sandbox = await startTestSandbox();
    const statuses = async () => (await getStatus(sandbox, [401, 408, 410])).body.result;
    expect(await statuses()).toMatchObject([{ status: 'scheduled' }, { status: 'scheduled' }, { status: 'scheduled' }]);
    sandbox.pass(15);
    const { time_dr } = (await sandbox.get('/sms/408')).body;
    expect(await statuses()).toMatchObject([
      { status: 'delivered' },
      { status: 'expired', time_dr },
      { status: 'rejected' },
    ]);
  });

  it('reads ids that no JavaScript number could hold', async () => {
    const sandbox = await startTestSandbox();
    expect(await getStatus(sandbox, ['18446744073709551615', 211])).toMatchObject({
      status: 200,
      body: { result: [{ id: '211' }, { id: '18446744073709551615' }] },
    });
  });

  it('writes an id as a number where a single answer does', async () => {
    const sandbox = await startTestSandbox();
    expect((await getStatus(sandbox, [312])).body).toMatchObject({ result: [{ id: 312, external_id: 'status_new' }] });
  });

  it('accepts 100 ids', async () => {
    const sandbox = await startTestSandbox();
    const { body } = await getStatus(
      sandbox,
      Array.from({ length: 100 }, (_, i) => 301 + i),
    );
    expect(idsOf(body)).toContain('301');
  });

  it.each([
    ['{}', 'ids'],
    ['[]', 'ids'],
    ['{"ids":[]}', 'ids'],
    ['{"ids":211}', 'ids'],
    [`{"ids":[${Array.from({ length: 101 }, (_, i) => i + 1)}]}`, 'ids'],
    ['{"ids":[211,"301"]}', 'ids.1'],
    ['{"ids":[null]}', 'ids.0'],
    ['{"ids":[-1]}', 'ids.0'],
    ['{"ids":[1.5]}', 'ids.0'],
    ['{"ids":[1e3]}', 'ids.0'],
    ['{"ids":[123456789012345678901]}', 'ids.0'],
  ])('refuses %s with 422 and the field at fault', async (request, field) => {
    const { call } = await startTestSandbox();
    expect(await call('POST', '/sms/getStatus', request)).toMatchObject({
      status: 422,
      body: { message: expect.stringMatching(/\S/), errors: { [field]: [expect.stringMatching(/\S/)] } },
    });
  });

  it.each(['', 'ids', '{"ids":[007]}'])('refuses the body %j, which is not JSON, with 400', async (request) => {
    const { call } = await startTestSandbox();
    const { status, body } = await call('POST', '/sms/getStatus', request);
    expect([status, body.error, body.message]).toEqual([400, undefined, expect.stringMatching(/\S/)]);
  });

  it('requires a key like any other request', async () => {
    const { call } = await startTestSandbox();
    const answer = await call('POST', '/sms/getStatus', '{"ids":[211]}', { 'x-api-key': '' });
    expect(answer).toMatchObject({ status: 401, body: { error: '1' } });
  });

  it('fails with an injected fault', async () => {
    const sandbox = await startTestSandbox();
    sandbox.inject({ kind: '500' });
    expect((await getStatus(sandbox, [211])).status).toBe(500);
    expect((await getStatus(sandbox, [211])).status).toBe(200);
  });

  it('is an unknown path of an older BSG', async () => {
    const sandbox = await startTestSandbox({ hasMassStatus: false });
    const unknown = await sandbox.call('POST', '/sms/getSomething', '{}');
    const { status, body } = await getStatus(sandbox, [211]);
    expect({ status, body }).toEqual({ status: unknown.status, body: unknown.body });
    expect((await sandbox.get('/sms/211')).body).toMatchObject({ id: '211' });
  });
});
