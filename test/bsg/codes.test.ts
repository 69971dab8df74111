import { describe, expect, it } from 'vitest';
import { BSG_CODES } from '../../src/bsg/codes.ts';
import { startClient } from '../helpers/client.ts';
import { respondWith, startFakeBsg } from '../helpers/fake-bsg.ts';

/** From the and the API's words, not from the table under test. */
const groups = {
  notFound: [20, 30],
  invalidRequest: [3, 6, 7, 10, 12, 21, 22, 24, 25, 26, 27, 28, 29, 34],
  conflict: [23, 31],
  access: [1, 2, 4, 8, 9, 14, 15, 32, 33, 35, 36],
  unavailable: [5, 11],
};
const listed = Object.entries(groups).flatMap(([group, numbers]) => numbers.map((number) => ({ group, number })));

describe('the codes of BSG', () => {
  it('are 1 to 12, 14, 15 and 20 to 36, each once', () => {
    const numbers = Object.values(BSG_CODES).flatMap(({ bsgCode }) => bsgCode ?? []);
    const common = Array.from({ length: 12 }, (_, i) => i + 1);
    const expected = [...common, 14, 15, ...Array.from({ length: 17 }, (_, i) => i + 20)];
    expect(numbers.toSorted((a, b) => a - b)).toEqual(expected);
    expect(listed.map(({ number }) => number).toSorted((a, b) => a - b)).toEqual(expected);
  });

  const shapes = [200, 400, 404].flatMap((status) => [
    { status, form: 'a number', write: (number: number) => number },
    { status, form: 'a string', write: String },
  ]);
  describe.each(shapes)('as $form with HTTP $status', ({ status, write }) => {
    it.each(listed)('of number $number are of the group $group', async ({ group, number }) => {
      const bsg = await startFakeBsg(respondWith({ error: write(number), errorDescription: `said ${number}` }, status));
      const client = startClient(bsg.baseUrl);

      const answer = await client.smsById('404');

      expect(answer).toMatchObject({
        kind: 'failure',
        group,
        bsgCode: number,
        message: `said ${number}`,
        subject: '404',
        retryable: number === 5 || number === 11,
      });
      expect(answer).toHaveProperty('code', expect.not.stringMatching('UNRECOGNIZED'));
      expect(bsg.paths).toHaveLength(1);
    });
  });

  it.each([13, 19, 37, 99, -1, 2_147_483_647])(
    'unlisted %i keeps its number and is not worth a retry',
    async (number) => {
      const bsg = await startFakeBsg(respondWith({ error: number }));

      const answer = await startClient(bsg.baseUrl).smsById('1');

      expect(answer).toMatchObject({ code: 'UNRECOGNIZED', group: 'unavailable', bsgCode: number, retryable: false });
      expect(bsg.paths).toHaveLength(1);
    },
  );
});
