/**
 * `npm run faults`: breaks the program in every way storage is promised to survive, counts what was lost, and says the seed
 * that repeats the run. A short run by itself; `--long` is the full proof, hours, which can be run in pieces instead:
 * `--only kill --rounds 120`, again and again. What each part proved is a line of `out/faults/ledger.jsonl`; `--summary` adds
 * them up. Ends in one line of counts, kept in `out/faults/counts.json`.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { readLedger, record, summary } from '../tests/faults/ledger.mjs';
import { onDisplay } from './display.mjs';
import { runtimeName } from './electron-runtime.mjs';
import { inRepo, nodeBin } from './paths.mjs';
import { runInForeground } from './run.mjs';
import { countsOfPlaywright, countsOfVitest, endWith, honest, none, readReport, sumOf } from './test-counts.mjs';

/** @typedef {import('./test-counts.mjs').Counts} Counts */
/** @typedef {{ suite?: string, herd?: number, rounds?: (rounds: number) => Record<string, string>, withoutScreen?: (rounds: number) => Rounds }} Proof */
/** @typedef {{ cuts: number, kills: number, fulls: number }} Rounds journal and scan files in a program without a screen */

const { values } = parseArgs({
  options: {
    long: { type: 'boolean', default: false },
    brief: { type: 'boolean', default: false },
    only: { type: 'string' },
    rounds: { type: 'string' },
    seed: { type: 'string' },
    summary: { type: 'boolean', default: false },
  },
});

/** @type {Record<string, Proof>} */
const proofs = {
  kill: {
    suite: 'kill.fault',
    rounds: (rounds) => ({ QMC_KILLS: String(rounds), QMC_TYPED_KILLS: String(Math.ceil(rounds / 25)) }),
    withoutScreen: (rounds) => ({ cuts: 0, kills: rounds, fulls: 0 }),
  },
  'power-cut': {
    suite: 'power-cut.fault',
    rounds: (rounds) => ({ QMC_APP_CUTS: String(Math.ceil(rounds / 6)) }),
    withoutScreen: (rounds) => ({ cuts: rounds, kills: 0, fulls: 0 }),
  },
  'disk-full': {
    suite: 'disk-full.fault',
    rounds: (rounds) => ({ QMC_FILLS: String(rounds) }),
    withoutScreen: (rounds) => ({ cuts: 0, kills: 0, fulls: Math.ceil(rounds / 5) }),
  },
  indexeddb: { suite: 'indexeddb-corruption.fault' },
  canaries: { suite: 'canaries' },
  // Counters that come back from an outage together.
  herd: { herd: 500 },
};

/** @returns {never} */
const stop = (/** @type {string} */ why) => {
  console.error(`faults: ${why}`);
  process.exit(2);
};
const only = values.only === undefined ? undefined : (proofs[values.only] ?? stop(`--only is one of ${Object.keys(proofs).join(', ')}`));
const rounds = values.rounds === undefined ? undefined : Number(values.rounds);
if (rounds !== undefined && !(Number.isInteger(rounds) && rounds > 0)) stop('--rounds is a number of rounds');
if (rounds !== undefined && only?.rounds === undefined) stop('--rounds needs --only kill, power-cut or disk-full');
const seed = values.seed ?? String(Math.floor(Math.random() * 2 ** 31));

/** @returns {Rounds} */
const roundsWithoutScreen = () => {
  const noRounds = { cuts: 0, kills: 0, fulls: 0 };
  const all = values.long ? { cuts: 300, kills: 300, fulls: 30 } : values.brief ? { cuts: 4, kills: 3, fulls: 1 } : { cuts: 12, kills: 8, fulls: 2 };
  if (only === undefined) return all;
  if (only.withoutScreen === undefined) return noRounds;
  if (rounds !== undefined) return only.withoutScreen(rounds);
  const mine = only.withoutScreen(1);
  return { cuts: mine.cuts && all.cuts, kills: mine.kills && all.kills, fulls: mine.fulls && all.fulls };
};

/** Journal and scan files without a screen: every round counts. @param {Rounds} asked @returns {Promise<Counts>} */
const runWithoutScreen = async ({ cuts, kills, fulls }) => {
  if (cuts + kills + fulls === 0) return none();
  const report = inRepo('out', 'faults', 'power-cut.json');
  rmSync(report, { force: true });
  const asked = ['--cuts', String(cuts), '--kills', String(kills), '--fulls', String(fulls)];
  const code = await runInForeground(process.execPath, [inRepo('tests', 'faults', 'power-cut', 'run.mjs'), ...asked, '--seed', seed]);
  /** @type {{ how: string, run: number, failed: number, skipped: number, acknowledged: number, wrong: string[] }[]} */
  const totals = readReport(report)?.totals ?? [];
  for (const { how, run, acknowledged, wrong } of totals)
    if (run > 0) record({ proof: `${how}, without a screen`, rounds: run, acknowledged, losses: wrong.length, seed: Number(seed) });
  const sum = (/** @type {(total: typeof totals[number]) => number} */ of) => totals.reduce((all, total) => all + of(total), 0);
  return honest('power cuts and kills without a screen', code, {
    passed: sum(({ run, failed }) => run - failed),
    failed: sum(({ failed }) => failed),
    skipped: sum(({ skipped }) => skipped),
    failures: totals.flatMap(({ how, wrong }) => wrong.map((what) => `${how}, without a screen: ${what}`)),
  });
};

/** The whole program in a real Electron. @returns {Promise<Counts>} */
const runRealApp = async () => {
  const report = inRepo('out', 'faults', 'real-app.json');
  rmSync(report, { force: true });
  console.log(`\nIn ${runtimeName()}`);
  const suites = only?.suite === undefined ? [] : [only.suite];
  const { command, args } = onDisplay(nodeBin('playwright'), ['test', ...suites, '--config', 'tests/faults/playwright.config.ts', '--reporter=list,json']);
  const env = {
    ...process.env,
    PLAYWRIGHT_JSON_OUTPUT_FILE: report,
    QMC_SEED: seed,
    ...(values.long && { QMC_LONG: '1' }),
    ...(values.brief && { QMC_BRIEF: '1' }),
    ...(rounds !== undefined && only?.rounds?.(rounds)),
  };
  const code = await runInForeground(command, args, { env });
  return countsOfPlaywright(report, code);
};

/** Hundreds of counters against the real server, in real time: minutes. @returns {Promise<Counts>} */
const runHerd = async () => {
  const counters = only === undefined ? (values.long ? proofs.herd?.herd : undefined) : only.herd;
  if (counters === undefined) return none();
  const report = inRepo('out', 'faults', 'herd.json');
  rmSync(report, { force: true });
  const args = ['run', 'tests/integration/network/herd.test.ts', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const code = await runInForeground(nodeBin('vitest'), args, { env: { ...process.env, QMC_HERD: String(counters) } });
  return countsOfVitest(report, code);
};

const run = async () => {
  console.log(`faults: ${values.long ? 'long' : values.brief ? 'brief' : 'short'} run, seed ${seed}`);
  mkdirSync(inRepo('out', 'faults'), { recursive: true });
  const isWholeApp = only === undefined || only.suite !== undefined;
  const counts = sumOf([await runWithoutScreen(roundsWithoutScreen()), isWholeApp ? await runRealApp() : none(), await runHerd()]);
  writeFileSync(inRepo('out', 'faults', 'counts.json'), JSON.stringify(counts));
  endWith(counts);
};

if (values.summary) for (const line of summary(readLedger())) console.log(line);
else await run();
