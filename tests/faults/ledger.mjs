/** What every fault run proved, one line a finished part, kept beside each other so that a long proof can be run in pieces. */
import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { inRepo } from '../../build/paths.mjs';

/**
 * @typedef {{ proof: string, rounds: number, acknowledged?: number, losses: number, seed: number }} Part
 *   `rounds`: how often the program was broken; `acknowledged`: what it had called saved by then; `losses`: what of it was not there, or twice
 * @typedef {Part & { at: string, commit: string }} Line
 */

const file = () => process.env.QMC_FAULTS_LEDGER ?? inRepo('out', 'faults', 'ledger.jsonl');

const commit = () => {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: inRepo(), encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return 'unknown';
  }
};

/** Parts write at the same time, so a line is one write. @param {Part} part */
export const record = (part) => {
  mkdirSync(dirname(file()), { recursive: true });
  appendFileSync(file(), `${JSON.stringify({ at: new Date().toISOString(), commit: commit(), ...part })}\n`);
};

/** @returns {Line[]} */
export const readLedger = () =>
  existsSync(file())
    ? readFileSync(file(), 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line))
    : [];

/** How many rounds the proof asks for, by hand. @type {Record<string, number>} */
export const ASKED = {
  kill: 1000,
  'kill while typing': 40,
  'kill -9, without a screen': 300,
  'power cut': 50,
  'power cut, without a screen': 300,
  'disk full': 100,
  'full disk, without a screen': 30,
};

/** One line a proof. @param {Line[]} lines */
export const summary = (lines) =>
  [...new Set([...Object.keys(ASKED), ...lines.map(({ proof }) => proof)])].map((proof) => {
    const of = lines.filter((line) => line.proof === proof);
    const sum = (/** @type {(line: Line) => number} */ what) => of.reduce((all, line) => all + what(line), 0);
    const asked = ASKED[proof];
    const losses = sum((line) => line.losses);
    return [
      `${proof}: ${sum(({ rounds }) => rounds)}${asked === undefined ? '' : ` of ${asked}`} rounds`,
      `${sum(({ acknowledged = 0 }) => acknowledged)} acknowledged`,
      losses === 0 ? '0 lost' : `${losses} LOST, seeds ${[...new Set(of.filter((line) => line.losses > 0).map(({ seed }) => seed))].join(' ')}`,
      `${new Set(of.map(({ seed }) => seed)).size} seeds, ${new Set(of.map((line) => line.commit)).size} builds`,
    ].join('; ');
  });
