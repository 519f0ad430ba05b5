/** `npm test`: unit and integration tests, the end-to-end tests, a handful of every fault, then one line that counts them all. */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { onDisplay } from './display.mjs';
import { runtimeName } from './electron-runtime.mjs';
import { inRepo, nodeBin } from './paths.mjs';
import { runInForeground } from './run.mjs';

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

const reports = inRepo('out', 'test');
rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });

/** @param {string} path @returns {any} what the runner reported, undefined when it did not live to report */
const readReport = (path) => (existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined);

/**
 * A run that ended badly counts as one failure even when no test of it failed: an error outside any test, no test at all.
 * @param {number} code @param {Counts | undefined} counted @returns {Counts}
 */
const honest = (code, counted) => {
  const counts = counted ?? { passed: 0, failed: 0, skipped: 0 };
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
};

/** @returns {Promise<Counts>} */
const runVitest = async () => {
  const path = inRepo('out', 'test', 'vitest.json');
  const code = await runInForeground(nodeBin('vitest'), ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${path}`]);
  const report = readReport(path);
  if (!report) return honest(code, undefined);
  /** @type {{ status: string, assertionResults: { status: string }[] }[]} */
  const files = report.testResults;
  const unloadable = files.filter((file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'));
  return honest(code, {
    passed: report.numPassedTests,
    failed: report.numFailedTests + unloadable.length,
    skipped: report.numPendingTests + report.numTodoTests,
  });
};

/** @returns {Promise<Counts>} */
const runPlaywright = async () => {
  const path = inRepo('out', 'test', 'e2e.json');
  console.log(`\nEnd to end in ${runtimeName()}`);
  const { command, args } = onDisplay(nodeBin('playwright'), ['test', '--reporter=list,json']);
  const needs = ['packages', 'electron', 'app'];
  const code = await runInForeground(command, args, { env: { ...process.env, PLAYWRIGHT_JSON_OUTPUT_FILE: path, QMC_PREPARED: needs.join(' ') } });
  const stats = readReport(path)?.stats;
  return honest(code, stats && { passed: stats.expected, failed: stats.unexpected + stats.flaky, skipped: stats.skipped });
};

/** A handful of each way to break it; `npm run faults` breaks it more often. @returns {Promise<Counts>} */
const runFaults = async () => {
  const path = inRepo('out', 'faults', 'counts.json');
  rmSync(path, { force: true });
  console.log('\nFaults');
  const code = await runInForeground(process.execPath, [inRepo('build', 'faults.mjs'), '--brief']);
  return honest(code, readReport(path));
};

const runs = [await runVitest(), await runPlaywright(), await runFaults()];
const total = (/** @type {keyof Counts} */ key) => runs.reduce((sum, counts) => sum + counts[key], 0);
const [passed, failed, skipped] = [total('passed'), total('failed'), total('skipped')];
if (skipped > 0) console.log(`${skipped} skipped`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
