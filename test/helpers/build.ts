import { execFileSync } from 'node:child_process';

/** Builds `dist/` before the tests that run the program. */
export function setup(): void {
  execFileSync('npm', ['run', '--silent', 'build'], { stdio: 'inherit' });
}
