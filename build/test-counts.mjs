/** What a test runner's JSON report says, in the one form `npm test` and `npm run faults` add up: counts, and what failed by name. */
import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { repoRoot } from './paths.mjs';

/** @typedef {{ passed: number, failed: number, skipped: number, failures: string[] }} Counts `failures`: "file › test: first line of its error" */
/** @typedef {{ title: string, file: string, specs?: { title: string, ok: boolean, tests: { results: { error?: { message?: string } }[] }[] }[], suites?: Suite[] }} Suite of Playwright */

/** @returns {Counts} */
export const none = () => ({ passed: 0, failed: 0, skipped: 0, failures: [] });

/** @param {Counts[]} all @returns {Counts} */
export const sumOf = (all) =>
  all.reduce(
    (sum, one) => ({
      passed: sum.passed + one.passed,
      failed: sum.failed + one.failed,
      skipped: sum.skipped + one.skipped,
      failures: [...sum.failures, ...one.failures],
    }),
    none(),
  );

/** @param {string} path @returns {any} what was reported, undefined when the runner did not live to report */
export const readReport = (path) => (existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined);

/**
 * A run that ended badly counts as one failure even when nothing of it says so: an error outside any test, no test at all.
 * @param {string} what @param {number} code @param {Counts | undefined} counted @returns {Counts}
 */
export const honest = (what, code, counted = none()) =>
  code !== 0 && counted.failed === 0 ? { ...counted, failed: 1, failures: [`${what} ended with code ${code}`] } : counted;

/** @param {string | undefined} message */
const firstLine = (message = '') =>
  stripVTControlCharacters(message)
    .split('\n')
    .find((line) => line.trim() !== '') ?? '';

/** @param {string} path of Vitest's report @param {number} code @returns {Counts} */
export const countsOfVitest = (path, code) => {
  const report = readReport(path);
  if (report === undefined) return honest('vitest', code);
  /** @type {{ name: string, status: string, message: string, assertionResults: { status: string, fullName: string, failureMessages: string[] }[] }[]} */
  const files = report.testResults;
  const failures = files.flatMap((file) => {
    const name = relative(repoRoot, file.name);
    const failed = file.assertionResults.filter((test) => test.status === 'failed');
    // A file that cannot be loaded, or whose set-up fails, has no test that did.
    if (file.status === 'failed' && failed.length === 0) return [`${name}: ${firstLine(file.message)}`];
    return failed.map((test) => `${name} › ${test.fullName}: ${firstLine(test.failureMessages[0])}`);
  });
  return honest('vitest', code, { passed: report.numPassedTests, failed: failures.length, skipped: report.numPendingTests + report.numTodoTests, failures });
};

/** @param {Suite} suite @returns {string[]} */
const failuresIn = (suite) => [
  ...(suite.specs ?? [])
    .filter((spec) => !spec.ok)
    .map((spec) => `${suite.file} › ${spec.title}: ${firstLine(spec.tests.flatMap((test) => test.results).find((result) => result.error)?.error?.message)}`),
  ...(suite.suites ?? []).flatMap(failuresIn),
];

/** @param {string} path of Playwright's report @param {number} code @returns {Counts} */
export const countsOfPlaywright = (path, code) => {
  const report = readReport(path);
  if (report === undefined) return honest('playwright', code);
  const { expected, unexpected, flaky, skipped } = report.stats;
  return honest('playwright', code, { passed: expected, failed: unexpected + flaky, skipped, failures: report.suites.flatMap(failuresIn) });
};

/** @param {Counts} counts Ends a run. The last line is always the counts: what failed stands right above it, where the end of a long log is read. */
export const endWith = ({ passed, failed, skipped, failures }) => {
  if (failures.length > 0) console.log(['', 'Failed:', ...failures.map((failure) => `  ${failure}`)].join('\n'));
  if (skipped > 0) console.log(`${skipped} skipped`);
  console.log(`${passed} passed, ${failed} failed`);
  // A run in which nothing was tested proves nothing.
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
};
