/** The section `sandbox` of the configuration: the BSG sandbox, with the server or alone. */
import { z } from 'zod';
import { isSet, oneOf, port } from './values.ts';

/** The variables of the section. */
export const sandboxVariables = {
  SANDBOX_PORT: port.default(4_010).describe('Port of the sandbox on 127.0.0.1; 0 lets the system pick one.'),
  SANDBOX_MASS_STATUS: oneOf(['on', 'off'])
    .default('on')
    .describe('Whether the sandbox offers `POST /sms/getStatus`; `off` makes it an older BSG.'),
};

/** The sandbox that runs alone, see `npm run sandbox`. */
export const sandboxAlone = z.object(sandboxVariables).transform(optionsOf);

/** The embedded sandbox; null with a key, which is for BSG. */
export const sandbox = z
  .object({ ...sandboxVariables, BSG_API_KEY: isSet })
  .transform(({ BSG_API_KEY, ...env }) => (BSG_API_KEY ? null : optionsOf(env)));

function optionsOf({ SANDBOX_PORT, SANDBOX_MASS_STATUS }: z.output<z.ZodObject<typeof sandboxVariables>>) {
  return {
    /** 0 lets the system pick one. */
    port: SANDBOX_PORT,
    /** Whether it offers `POST /sms/getStatus`; without it the sandbox is an older BSG. */
    hasMassStatus: SANDBOX_MASS_STATUS === 'on',
  };
}
