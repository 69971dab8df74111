#!/usr/bin/env node
/** The program. Signals are handled before the rest of it is loaded, which takes several times as long as Node's own start. */
import { handleSignals } from './process/signals.ts';

handleSignals();
const { runCommand } = await import('./process/command-line.ts');
await runCommand(process.argv.slice(2).join(' ') || 'serve', process.env);
