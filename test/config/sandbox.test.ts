import { describe, expect, it } from 'vitest';
import { readConfig, readSandboxConfig } from '../../src/config/config.ts';

describe('the configuration of the sandbox', () => {
  it('is the same embedded and alone', () => {
    const environment = { SANDBOX_PORT: '5010', SANDBOX_MASS_STATUS: 'off' };
    expect(readConfig(environment).sandbox).toEqual({ port: 5_010, hasMassStatus: false });
    expect(readSandboxConfig(environment)).toEqual({ port: 5_010, hasMassStatus: false });
  });

  it('ignores the variables of the server where the sandbox runs alone', () => {
    expect(readSandboxConfig({ PORT: 'x', NODE_ENV: 'production' })).toEqual({ port: 4_010, hasMassStatus: true });
  });

  it.each([
    ['SANDBOX_PORT', '-1'],
    ['SANDBOX_MASS_STATUS', 'auto'],
  ])('refuses %s=%s', (name, value) => {
    expect(() => readSandboxConfig({ [name]: value })).toThrow(`${name} is "${value}": expected`);
  });
});
