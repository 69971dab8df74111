/** Programs that tests start. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { expectNothingPersonal } from './secrets.ts';

/** A program that runs as it does for a user. */
export interface Program {
  readonly child: ChildProcess;
  /** All it has printed so far, on both streams. */
  output(): string;
  /** Resolves to the match once the output matches. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  /** Resolves to the exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
}

/** Runs `node dist/main.js`, or a copy of it, with this environment and no other, until the test ends; `options` are those of Node. */
export function runProgram(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  file = 'dist/main.js',
  options: readonly string[] = [],
): Program {
  return run([...options, file, ...args], environment);
}

/** Runs `tsx` with these arguments, in the same way. */
export function runScript(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Program {
  return run(['--import', 'tsx', ...args], environment);
}

/** Options of {@link run}. */
interface RunOptions {
  /** @default Node */
  readonly command?: string;
  readonly cwd?: string;
  /** Whether the command starts programs of its own, which have to end with it. */
  readonly isGroup?: boolean;
}

/** Runs a command with this environment and no other, until the test ends. */
export function run(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  { command = process.execPath, cwd, isGroup = false }: RunOptions = {},
): Program {
  const child = spawn(command, [...args], { env: { ...environment }, cwd, detached: isGroup });
  let output = '';
  const checks = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      for (const check of checks) check();
    });
  }
  const ended = once(child, 'close').then(([code, signal]) => code ?? signal);
  onTestFinished(async () => {
    if (isGroup) killGroup(child);
    else child.kill('SIGKILL');
    await ended;
    // The greeting, which is no line of the log, shows how to use the sandbox.
    expectNothingPersonal(
      output
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .join('\n'),
    );
  });
  return {
    child,
    ended,
    output: () => output,
    printed: (pattern) =>
      new Promise((resolve, reject) => {
        const check = () => {
          const match = pattern.exec(output);
          if (match !== null) resolve(match);
        };
        checks.add(check);
        check();
        ended.then(() => reject(new Error(`It ended without printing ${pattern}:\n${output}`)), reject);
      }),
  };
}

/** Kills a program and those that it started. */
function killGroup({ pid, exitCode }: ChildProcess): void {
  if (pid !== undefined && exitCode === null) process.kill(-pid, 'SIGKILL');
}
