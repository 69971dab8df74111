import { expect, it } from 'vitest';
import { deliveryLine } from '../../examples/front-end/delivery-line.ts';
import { startAppOnSandbox } from '../helpers/app.ts';
import { listen } from '../helpers/listen.ts';

it.each([
  ['ext_id_19', 'Delivered at 2017-01-17T09:11:41Z'],
  ['status_sent', 'On its way'],
  ['status_expired', 'Not delivered'],
  ['nobody', 'No such message'],
  ['fault_429', 'Status unknown, asking again in 60 s'],
  ['fault_cut', 'Status unknown, asking again in 30 s'],
  ['error_8', 'Please tell support: NOT_ENOUGH_FUNDS (Not enough funds)'],
])('the front end of the README says of %s: %s', async (reference, line) => {
  const { app } = await startAppOnSandbox();
  const address = await listen(app.listener);

  expect(await deliveryLine(`${address}/graphql`, reference)).toBe(line);
});
