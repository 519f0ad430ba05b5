/** `npm test`: unit and integration tests, the end-to-end tests, a handful of every fault, then one line that counts them all. */
import { mkdirSync, rmSync } from 'node:fs';
import { onDisplay } from './display.mjs';
import { runtimeName } from './electron-runtime.mjs';
import { inRepo, nodeBin } from './paths.mjs';
import { runInForeground } from './run.mjs';
import { countsOfPlaywright, countsOfVitest, endWith, honest, readReport, sumOf } from './test-counts.mjs';

/** @typedef {import('./test-counts.mjs').Counts} Counts */

const reports = inRepo('out', 'test');
rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });

/** @returns {Promise<Counts>} */
const runVitest = async () => {
  const path = inRepo('out', 'test', 'vitest.json');
  const code = await runInForeground(nodeBin('vitest'), ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${path}`]);
  return countsOfVitest(path, code);
};

/** @returns {Promise<Counts>} */
const runPlaywright = async () => {
  const path = inRepo('out', 'test', 'e2e.json');
  console.log(`\nEnd to end in ${runtimeName()}`);
  const { command, args } = onDisplay(nodeBin('playwright'), ['test', '--reporter=list,json']);
  const needs = ['packages', 'electron', 'app'];
  const code = await runInForeground(command, args, { env: { ...process.env, PLAYWRIGHT_JSON_OUTPUT_FILE: path, QMC_PREPARED: needs.join(' ') } });
  return countsOfPlaywright(path, code);
};

/** A handful of each way to break it; `npm run faults` breaks it more often. @returns {Promise<Counts>} */
const runFaults = async () => {
  const path = inRepo('out', 'faults', 'counts.json');
  rmSync(path, { force: true });
  console.log('\nFaults');
  const code = await runInForeground(process.execPath, [inRepo('build', 'faults.mjs'), '--brief']);
  return honest('faults', code, readReport(path));
};

endWith(sumOf([await runVitest(), await runPlaywright(), await runFaults()]));
