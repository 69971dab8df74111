/**
 * Lists the benchmarks with what each measures, or runs one: `npm run bench`, `npm run bench cache-hit`.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const folder = import.meta.dirname;
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => basename(file, '.ts'))
  .filter((name) => name !== 'run');
const [name, ...args] = process.argv.slice(2);

if (name === undefined) {
  for (const each of names) process.stdout.write(`${each.padEnd(16)}${summaryOf(each)}\n`);
} else if (names.includes(name)) {
  // With the garbage collector in reach, for those that measure memory.
  const options = ['--expose-gc', '--import', 'tsx', join(folder, `${name}.ts`), ...args];
  process.exitCode = spawnSync(process.execPath, options, { stdio: 'inherit' }).status ?? 1;
} else {
  process.stderr.write(`There is no benchmark "${name}": expected one of ${names.join(', ')}.\n`);
  process.exitCode = 1;
}

/** The first sentence of the comment that opens the file. */
function summaryOf(benchmark: string): string {
  const [, comment = ''] = /^\/\*\*([\s\S]*?)\*\//.exec(readFileSync(join(folder, `${benchmark}.ts`), 'utf8')) ?? [];
  const [sentence = ''] = comment
    .replaceAll(/\s*\n \*/g, '')
    .trim()
    .split(/(?<=\.)\s/);
  return sentence;
}
