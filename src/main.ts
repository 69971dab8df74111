#!/usr/bin/env node
/** The program. Signals are handled before the rest of it is loaded, which takes several times as long as Node's own start. */
import { setImmediate } from 'node:timers/promises';
import { freeCompilerMemoryAtOnce } from './process/compiler-memory.ts';
import { handleSignals } from './process/signals.ts';

handleSignals();
freeCompilerMemoryAtOnce();
const { runCommand } = await import('./process/command-line.ts');
// From Node 22 on, modules load without a turn of the event loop: a signal that came meanwhile takes effect in this one.
await setImmediate();
await runCommand(process.argv.slice(2).join(' ') || 'serve', process.env);
