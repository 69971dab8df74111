import type { Reporter, TestModule } from 'vitest/node';

/** Options of {@link ClosingLine}. */
interface ClosingLineOptions {
  /** Packages whose tests are left out, each with how to install it. */
  readonly notInstalled: readonly string[];
}

/** Ends the run, its coverage included, with the suites that were skipped, by name, and one plain line of counts. */
export default class ClosingLine implements Reporter {
  readonly #notInstalled: readonly string[];
  #lines: readonly string[] = [];

  constructor({ notInstalled }: ClosingLineOptions) {
    this.#notInstalled = notInstalled;
    process.once('exit', () => {
      for (const line of this.#lines) process.stdout.write(`${line}\n`);
    });
  }

  onTestRunEnd(
    modules: readonly TestModule[],
    unhandledErrors: readonly unknown[],
    reason: 'passed' | 'interrupted' | 'failed',
  ): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string) => tests.filter((test) => test.result().state === state).length;
    const brokenModules = modules.filter((module) => module.errors().length > 0).length;
    const skipped = new Set(
      tests
        .filter((test) => test.result().state === 'skipped')
        .map((test) => `${test.module.moduleId}: ${test.parent.type === 'suite' ? test.parent.name : test.name}`),
    );
    const counted = count('failed') + brokenModules + unhandledErrors.length;
    const failed = reason === 'passed' ? counted : Math.max(1, counted);
    this.#lines = [
      ...this.#notInstalled.map((name) => `not installed: ${name}`),
      ...[...skipped].map((suite) => `skipped: ${suite.replace(`${process.cwd()}/`, '')}`),
      `${count('passed')} passed, ${failed} failed, ${count('skipped')} skipped`,
    ];
  }
}
