/**
 * `npm run faults`: breaks the program in every way storage is promised to survive, counts what was lost, and says the seed
 * that repeats the run. A short run by itself; `--long` for the full proof (hours), `--seed N` to repeat one. Ends in one line of counts.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { onDisplay } from './display.mjs';
import { runtimeName } from './electron-runtime.mjs';
import { inRepo, nodeBin } from './paths.mjs';
import { runInForeground } from './run.mjs';

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

const { values } = parseArgs({ options: { long: { type: 'boolean', default: false }, seed: { type: 'string' } } });
const seed = values.seed ?? String(Math.floor(Math.random() * 2 ** 31));

/**
 * A run that ended badly counts as one failure even when nothing of it says so.
 * @param {number} code @param {Counts | undefined} counted @returns {Counts}
 */
const honest = (code, counted) => {
  const counts = counted ?? { passed: 0, failed: 0, skipped: 0 };
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
};

/** @param {string} report @returns {any} */
const take = (report) => (existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : undefined);

/** Journal and scan files without a screen: every round counts. @returns {Promise<Counts>} */
const runPowerCuts = async () => {
  const report = inRepo('out', 'faults', 'power-cut.json');
  rmSync(report, { force: true });
  const rounds = values.long ? ['--cuts', '300', '--kills', '300', '--fulls', '30'] : ['--cuts', '12', '--kills', '8', '--fulls', '2'];
  const code = await runInForeground(process.execPath, [inRepo('tests', 'faults', 'power-cut', 'run.mjs'), ...rounds, '--seed', seed]);
  /** @type {{ run: number, failed: number, skipped: number }[] | undefined} */
  const totals = take(report)?.totals;
  const sum = (/** @type {(total: { run: number, failed: number, skipped: number }) => number} */ of) =>
    (totals ?? []).reduce((all, total) => all + of(total), 0);
  return honest(code, { passed: sum(({ run, failed }) => run - failed), failed: sum(({ failed }) => failed), skipped: sum(({ skipped }) => skipped) });
};

/** The whole program in a real Electron. @returns {Promise<Counts>} */
const runRealApp = async () => {
  const report = inRepo('out', 'faults', 'real-app.json');
  rmSync(report, { force: true });
  console.log(`\nIn ${runtimeName()}`);
  const { command, args } = onDisplay(nodeBin('playwright'), ['test', '--config', 'tests/faults/playwright.config.ts', '--reporter=list,json']);
  const env = { ...process.env, PLAYWRIGHT_JSON_OUTPUT_FILE: report, QMC_SEED: seed, ...(values.long ? { QMC_LONG: '1' } : {}) };
  const code = await runInForeground(command, args, { env });
  const stats = take(report)?.stats;
  if (stats === undefined) console.log(`the tests ended with code ${code} and without a report`);
  return honest(code, stats && { passed: stats.expected, failed: stats.unexpected + stats.flaky, skipped: stats.skipped });
};

console.log(`faults: ${values.long ? 'long' : 'short'} run, seed ${seed}`);
mkdirSync(inRepo('out', 'faults'), { recursive: true });
const runs = [await runPowerCuts(), await runRealApp()];
const total = (/** @type {keyof Counts} */ key) => runs.reduce((sum, counts) => sum + counts[key], 0);
const counts = { passed: total('passed'), failed: total('failed'), skipped: total('skipped') };
writeFileSync(inRepo('out', 'faults', 'counts.json'), JSON.stringify(counts));
console.log(`${counts.passed} passed, ${counts.failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''}`);
process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0;
