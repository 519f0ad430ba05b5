/** Prints what the demo says as it goes, and nothing of the test runner. */
import type { Reporter, TestCase, TestResult } from '@playwright/test/reporter';

export default class Progress implements Reporter {
  onStdOut(chunk: string | Buffer): void {
    process.stdout.write(chunk);
  }
  onStdErr(chunk: string | Buffer): void {
    process.stderr.write(chunk);
  }
  onTestEnd(_: TestCase, result: TestResult): void {
    for (const error of result.errors) process.stderr.write(`\n${error.stack ?? error.message ?? ''}\n`);
  }
  printsToStdio(): boolean {
    return true;
  }
}
