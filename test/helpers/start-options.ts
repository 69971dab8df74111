import { readFileSync } from 'node:fs';

/** The options of Node that `npm start` runs the server with. */
export function startOptions(): string[] {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
  return /node (.*) dist/.exec(scripts.start)?.[1]?.split(' ') ?? [];
}
