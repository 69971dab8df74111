import type { SandboxConfig } from '../config/config.ts';
import { startSandbox } from '../sandbox/server.ts';
import { rejectAddress } from './listen.ts';
import { shutDownOnSignal } from './signals.ts';

/** It breaks off what is in flight. */
const SHUTDOWN_MS = 1_000;

/** Runs the sandbox alone, until a signal ends it. */
export async function serveSandbox(config: SandboxConfig): Promise<void> {
  const { baseUrl, close } = await startSandbox(config).catch(rejectAddress('SANDBOX_PORT'));
  shutDownOnSignal({ run: close, withinMs: SHUTDOWN_MS });
  process.stdout.write(`BSG sandbox: ${baseUrl}

Try:  curl -H 'X-API-KEY: test_me' ${baseUrl}/sms/211
`);
}
