import type { Reporter, TestModule } from 'vitest/node';

/** Ends the run with the suites that were left out, by name, and one plain line of counts. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(
    modules: readonly TestModule[],
    unhandledErrors: readonly unknown[],
    reason: 'passed' | 'interrupted' | 'failed',
  ): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string) => tests.filter((test) => test.result().state === state).length;
    const brokenModules = modules.filter((module) => module.errors().length > 0).length;
    const leftOut = new Set(
      tests
        .filter((test) => test.result().state === 'skipped')
        .map((test) => `${test.module.moduleId}: ${test.parent.type === 'suite' ? test.parent.name : test.name}`),
    );
    for (const suite of leftOut) process.stdout.write(`left out: ${suite.replace(`${process.cwd()}/`, '')}\n`);
    const counted = count('failed') + brokenModules + unhandledErrors.length;
    const failed = reason === 'passed' ? counted : Math.max(1, counted);
    process.stdout.write(`${count('passed')} passed, ${failed} failed, ${count('skipped')} skipped\n`);
  }
}
