import { describe, expect, it, vi } from 'vitest';
import { startApp, startAppOnSandbox } from '../helpers/app.ts';
import { fakeTimers, passTimeUntil } from '../helpers/clock.ts';
import { knowsAll, sendJson, startFakeBsg, wireSms } from '../helpers/fake-bsg.ts';

const Entities = `
  query Entities($representations: [_Any!]!) {
    _entities(representations: $representations) {
      __typename
      ... on Sms { id reference status }
      ... on Campaign { taskId sent }
    }
  }
`;

interface Data {
  readonly _entities: readonly (null | {
    readonly id?: string;
    readonly reference?: string;
    readonly taskId?: string;
  })[];
}

describe('_entities', () => {
  it('finds messages by either key and campaigns by theirs', async () => {
    const { app } = await startAppOnSandbox();
    const representations = [
      { __typename: 'Sms', id: '211' },
      { __typename: 'Campaign', taskId: '5002' },
      { __typename: 'Sms', reference: 'status_sent' },
      { __typename: 'Sms', id: '306', reference: 'status_delivered' },
      { __typename: 'Sms', id: null, reference: 'ext_id_19' },
    ];

    expect(await app.query(Entities, { representations })).toEqual({
      data: {
        _entities: [
          { __typename: 'Sms', id: '211', reference: 'ext_id_19', status: 'DELIVERED' },
          { __typename: 'Campaign', taskId: '5002', sent: 100 },
          { __typename: 'Sms', id: '305', reference: 'status_sent', status: 'SENT' },
          { __typename: 'Sms', id: '306', reference: 'status_delivered', status: 'DELIVERED' },
          { __typename: 'Sms', id: '211', reference: 'ext_id_19', status: 'DELIVERED' },
        ],
      },
    });
  });

  it('keeps the order of 20 mixed references, with null and one error for the unknown one', async () => {
    const bsg = await startFakeBsg();
    const representations = Array.from({ length: 20 }, (_, i) => {
      if (i === 13) return { __typename: 'Sms', reference: 'nobody' };
      return i % 2 === 0 ? { __typename: 'Sms', id: String(i) } : { __typename: 'Sms', reference: `ref_${i}` };
    });

    const { data, errors } = await startApp(bsg.baseUrl).query<Data, object>(Entities, { representations });

    expect(data._entities.map((entity) => entity?.id ?? null)).toEqual(
      representations.map((_, i) => (i === 13 ? null : String(i))),
    );
    expect(errors).toEqual([
      {
        message: 'SMS not found',
        path: ['_entities', 13],
        extensions: { code: 'SMS_NOT_FOUND', bsgCode: 20, retryable: false, subject: 'nobody', retryAfter: null },
      },
    ]);
    expect([bsg.count('getStatus'), bsg.count('reference')]).toEqual([1, 10]);
  });

  it('fetches a message once that is referred to many times', async () => {
    const bsg = await startFakeBsg();
    const representations = Array.from({ length: 30 }, () => ({ __typename: 'Sms', id: '7' }));

    const { data } = await startApp(bsg.baseUrl).query<Data, object>(Entities, { representations });

    expect(data._entities).toHaveLength(30);
    expect(bsg.paths).toEqual(['/sms/7']);
  });

  it('resolves 1,000 representations by all keys in one request, 100 of them to errors', async () => {
    const bsg = await startFakeBsg();
    const representations = Array.from({ length: 1_000 }, (_, i) => {
      if (i % 10 === 9) return { __typename: 'Sms', reference: `unknown_${i}` };
      if (i % 3 === 0) return { __typename: 'Campaign', taskId: String(i) };
      return i % 3 === 1 ? { __typename: 'Sms', id: String(i) } : { __typename: 'Sms', reference: `ref_${i}` };
    });
    const app = startApp(bsg.baseUrl, { BSG_CAMPAIGN_PATH: '/sms/task/{task_id}' });

    const { data, errors } = await app.query<Data, object>(Entities, { representations });

    expect(data._entities.map((entity) => entity?.id ?? entity?.taskId ?? null)).toEqual(
      representations.map((_, i) => (i % 10 === 9 ? null : String(i))),
    );
    expect(errors?.map(({ path }) => path?.[1])).toEqual(Array.from({ length: 100 }, (_, i) => 10 * i + 9));
    const requested = representations.filter(({ __typename, id }) => __typename === 'Sms' && id !== undefined).length;
    expect(bsg.count('getStatus')).toBe(Math.ceil(requested / 100));
    expect(bsg.count('reference') + bsg.count('task')).toBe(1_000 - requested);
  });

  it('does not open the circuit breaker for a batch that is too large for the deadline', async () => {
    fakeTimers();
    const bsg = await startFakeBsg((request, response) => void setTimeout(knowsAll(), 50, request, response));
    const app = startApp(bsg.baseUrl, { BSG_MAX_CONCURRENCY: '1', BSG_TIMEOUT_MS: '400', BSG_RETRIES: '0' });
    const representations = Array.from({ length: 40 }, (_, i) => ({ __typename: 'Sms', reference: `ref_${i}` }));

    const read = app.query<Data, object>(Entities, { representations });
    for (const number of [1, 2, 3]) {
      await bsg.received(number);
      vi.advanceTimersByTime(50);
    }
    const { data, errors = [] } = await passTimeUntil(read);

    expect(data._entities[0]).toMatchObject({ id: '0' });
    expect(errors.length).toBeGreaterThan(10);
    expect(errors.map(({ extensions }) => extensions?.['code'])).toEqual(errors.map(() => 'TIMEOUT'));
    expect(await (await app.fetch('/ready')).json()).toMatchObject({ bsg: 'up' });
  });

  it('resolves what BSG knows while other representations fail', async () => {
    const bsg = await startFakeBsg(({ key }, response) => {
      const id = key.replace('ref_', '');
      if (Number(id) % 2 === 0) sendJson(response, wireSms({ id, reference: key }));
      else sendJson(response, 'down', 503);
    });
    const app = startApp(bsg.baseUrl, { BSG_RETRIES: '0' });
    const representations = Array.from({ length: 20 }, (_, i) => ({ __typename: 'Sms', reference: `ref_${i}` }));

    const { data, errors } = await app.query<Data, object>(Entities, { representations });

    expect(data._entities.filter((entity) => entity !== null)).toHaveLength(10);
    expect(errors?.map(({ extensions }) => extensions?.['code'])).toEqual(
      Array.from({ length: 10 }, () => 'BAD_RESPONSE'),
    );
  });

  it.each([
    [{ __typename: 'Sms' }],
    [{ __typename: 'Sms', id: null }],
    [{ __typename: 'Sms', id: { a: 1 } }],
    [{ __typename: 'Sms', reference: ['x'] }],
    [{ __typename: 'Campaign' }],
    [{ __typename: 'Campaign', taskId: 1.5 }],
    [{ __typename: 'Sms', id: true }],
    [{ __typename: 'Nothing', id: '1' }],
    [{ __typename: 'SmsBatch' }],
    [{ __typename: 'Query' }],
    [{ id: '211' }],
    [{ __typename: ['Sms'] }],
    ['Sms'],
    [5],
    [[]],
  ])('names the representation that is of no entity or has no key: %j', async (representation) => {
    const { app } = await startAppOnSandbox();
    const representations = [{ __typename: 'Sms', id: '211' }, representation];

    const { data, errors } = await app.query<Data, object>(Entities, { representations });

    expect(data._entities).toEqual([expect.objectContaining({ id: '211' }), null]);
    expect(errors).toEqual([
      expect.objectContaining({ path: ['_entities', 1], extensions: { code: 'INVALID_REPRESENTATION' } }),
    ]);
  });

  it('accepts a key that is written as a number', async () => {
    const { app } = await startAppOnSandbox();
    const representations = [
      { __typename: 'Sms', id: 211 },
      { __typename: 'Campaign', taskId: 5002 },
    ];
    const { errors } = await app.query(Entities, { representations });
    expect(errors).toBeUndefined();
  });
});

it('_entities refuses a number that was rounded', async () => {
  const { app } = await startAppOnSandbox();
  const query = '{ _entities(representations: [{ __typename: "Sms", id: 9007199254740993 }]) { __typename } }';
  const { errors } = await app.query(query);
  expect(errors?.map(({ extensions }) => extensions?.['code'])).toEqual(['INVALID_REPRESENTATION']);
});

it('_entities accepts a variable within a literal', async () => {
  const { app } = await startAppOnSandbox();
  const query =
    'query ($id: ID!) { _entities(representations: [{ __typename: "Sms", id: $id }]) { ... on Sms { id } } }';
  for (const id of ['211', '305']) {
    expect(await app.query(query, { id })).toEqual({ data: { _entities: [{ id }] } });
  }
});

it('_service returns the schema', async () => {
  const { app } = await startAppOnSandbox();
  const { data } = await app.query<{ _service: { sdl: string } }, object>('{ _service { sdl } }');
  expect(data._service.sdl).toContain('type Sms');
  expect(data._service.sdl).toContain('@key(fields: "reference")');
});
