import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/config.ts';
import { greeting } from '../../src/process/greeting.ts';

const url = 'http://127.0.0.1:4000';
const withKey = { BSG_API_KEY: 'live_very_secret' };

describe('the greeting', () => {
  it('says without a key that answers are made up, and how to create a message', () => {
    const sandboxUrl = 'http://127.0.0.1:4010/rest';
    const text = greeting(readConfig({}), { url, opsUrl: null, sandboxUrl });
    expect(text).toMatch(/^NO API KEY: .*made-up data/m);
    expect(text).toMatch(/^Sandbox {5}http:\/\/127\.0\.0\.1:4010\/rest$/m);
    expect(text).toMatch(/^GraphiQL {4}http:\/\/127\.0\.0\.1:4000\/graphql$/m);
    expect(text).toContain(`curl -X PUT ${sandboxUrl}/sms/create`);
    expect(text).not.toMatch(/^Operators/m);
  });

  it('says with a key that BSG answers, without the key', () => {
    const text = greeting(readConfig(withKey), { url, opsUrl: 'http://127.0.0.1:9090', sandboxUrl: null });
    expect(text).toContain('Statuses come from BSG');
    expect(text).toMatch(/^Operators {3}http:\/\/127\.0\.0\.1:9090$/m);
    expect(text).not.toMatch(/sandbox|live_very_secret/i);
  });

  it('shows where the token goes, where callers need one', () => {
    const config = readConfig({ ...withKey, AUTH_TOKENS: 'web:token_of_web_0123456789' });
    const text = greeting(config, { url, opsUrl: null, sandboxUrl: null });
    expect(text).toContain("-H 'authorization: Bearer <a token>'");
    expect(text).toContain('enter a token at the top');
    expect(text).not.toContain('token_of_web');
  });

  it('names the endpoint rather than GraphiQL, where the schema is hidden', () => {
    const config = readConfig({ ...withKey, INTROSPECTION: 'off' });
    const text = greeting(config, { url, opsUrl: null, sandboxUrl: null });
    expect(text).toMatch(/^Endpoint {4}http:\/\/127\.0\.0\.1:4000\/graphql$/m);
    expect(text).toContain('Set INTROSPECTION=on, for GraphiQL.');
  });
});
