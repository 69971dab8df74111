/** The section `log` of the configuration: what is logged. */
import { z } from 'zod';
import { oneOf } from './values.ts';

/** The variables of the section. */
export const logVariables = {
  LOG_LEVEL: oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .default('info')
    .describe('Lowest level that is logged.'),
};

/** The log. */
export const log = z.object(logVariables).transform(({ LOG_LEVEL }) => ({ level: LOG_LEVEL }));
