import type { SandboxConfig } from '../config/config.ts';
import { startSandbox } from '../sandbox/server.ts';
import { rejectAddress } from './listen.ts';
import { shutDownOnSignal } from './signals.ts';

/** Runs the sandbox alone, until a signal ends it. */
export async function serveSandbox(config: SandboxConfig): Promise<void> {
  const { baseUrl, close } = await startSandbox(config).catch(rejectAddress('SANDBOX_PORT'));
  shutDownOnSignal(close);
  process.stdout.write(`BSG sandbox: ${baseUrl}

Try:  curl -H 'X-API-KEY: test_me' ${baseUrl}/sms/211
`);
}
