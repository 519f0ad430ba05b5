/** `npm run bench storage`: a durable, encrypted save against its peers, what it flushes, starts and rebuilds. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import { runtimeName } from '../../build/electron-runtime.mjs';
import { startProvince } from '../fixtures/province.ts';
import { OFFICE, officeSettings } from '../fixtures/settings.ts';
import { describeMachine, figure, machineLine, median, ms, percentile, ratio, type BenchOptions, type BenchResult, type Goal, type Table } from './result.ts';
import { flushesBetween, hasStrace, placeOf, readFlushes, straceInto } from './storage/fsyncs.ts';
import { fillDevice, timeOpening } from './storage/journals.ts';
import { bulkNames, contenderNames, type BulkName, type ContenderName, type Plan, type Said } from './storage/plan.ts';
import { buildApps, launch, type App } from './storage/shell.ts';

export const name = 'storage';

type Save = Extract<Said, { kind: 'save' }>;
type Bulk = Extract<Said, { kind: 'bulk' }>;

/** Nothing answers there. */
const NOWHERE = 'http://127.0.0.1:9';
/** The first start over a million dossiers takes minutes. */
const PAGE_TIMEOUT_MS = 20 * 60_000;

const words: Record<ContenderName, string> = {
  'product-at-once': 'product, scans and dossier at once',
  'product-both-homes': 'product, at once into both homes',
  'product-as-lived': 'product, accept alone (scans stored when attached)',
  raw: 'raw IndexedDB, strict, plain',
  dexie: 'Dexie, strict, plain',
  rxdb: 'RxDB (Dexie), plain',
  pouchdb: 'PouchDB (IndexedDB), plain',
};

export async function run({ seed, isFull, isQuick, say }: BenchOptions): Promise<BenchResult> {
  const home = mkdtempSync(join(tmpdir(), 'qmc-bench-'));
  const machine = describeMachine(home);
  /** What is measured so far outlives a run that is ended. */
  const keep = (raw: object): void =>
    writeFileSync(resolve(import.meta.dirname, '../../out/bench/storage.partial.json'), JSON.stringify({ seed, machine, ...raw }));
  try {
    say('building the page of the bench');
    await buildApps();
    const saves = await saveAll(home, { seed, saves: isQuick ? 4 : 60, restMs: 60, bulkRounds: 0 }, say);
    const flushed = hasStrace() ? await countFlushes(home, { seed: seed + 1, saves: isQuick ? 3 : 10, restMs: 250, bulkRounds: 0 }, say) : undefined;
    const sizes = isQuick ? [0, 1000] : [0, 10_000, ...(isFull ? [100_000, 1_000_000] : [])];
    keep({ saves, flushed });
    const devices = await startAll(home, sizes, isQuick ? 2 : 3, say);
    keep({ saves, flushed, devices });
    const bulk = await bulkAll(home, isQuick ? 1000 : 5000, isQuick ? 1 : 3, seed + 2, say);

    const tables = [saveTable(saves, flushed), bulkTable(bulk), ...startTables(devices)];
    return {
      tables,
      goals: goalsOf(saves, flushed, bulk, devices),
      notes: [
        `${runtimeName()} on ${machineLine(machine)}.`,
        `A dossier of 4 KB with 3 scans of 500 KB nobody can compress; ${isQuick ? 4 : 60} saves each, in an order drawn anew every round (seed ${seed}). Peers are not encrypted and are held to strict durability.`,
        'At once: all three scans and the dossier are handed over in the same moment. Accept alone is what the officer waits for after F9; each scan was on disk before the next was taken, so it is not the same work as a peer’s save, which stores the scans too. Nothing is printed and nothing is sent meanwhile. With this few saves the p99 is about the slowest one.',
        `Journals hold dossiers of ${((devices.devices[0]?.bytesEach ?? 0) / 1024).toFixed(1)} KB without scans; they are opened from a warm disk cache. “Usable”: the navigation is drawn.`,
        ...(flushed === undefined ? ['No strace here: flushes not counted.'] : []),
      ],
      raw: { seed, machine, runtime: runtimeName(), saves, flushed, devices, bulk },
    };
  } finally {
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  }
}

function newDevice(home: string, provinceUrl = NOWHERE, enrolmentCode?: string): { userData: string; config: string } {
  const userData = mkdtempSync(join(home, 'device-'));
  const config = join(userData, 'settings.json');
  writeFileSync(config, JSON.stringify(officeSettings({ provinceUrl, ...(enrolmentCode === undefined ? {} : { enrolmentCode }) })));
  return { userData, config };
}

/** Runs the page of the bench to its end. */
function runPage(device: { userData: string; config: string }, plan: Plan, onSaid: (said: Said) => void, wrapper: string[] = []): Promise<void> {
  return new Promise((done, failed) => {
    const finish = (error?: Error): void => {
      clearTimeout(timer);
      void running.end().then(() => (error === undefined ? done() : failed(error)));
    };
    const running = launch('saves', {
      ...device,
      plan,
      wrapper,
      onSaid(said) {
        const told = said as Said;
        if (told.kind === 'failed') finish(new Error(told.message));
        else if (told.kind === 'done') finish();
        else onSaid(told);
      },
    });
    const timer = setTimeout(() => finish(new Error(`the page is not done; it said:\n${running.complaints()}`)), PAGE_TIMEOUT_MS);
    void running.exited.then((code) => finish(new Error(`the app ended (${code}); it said:\n${running.complaints()}`)));
  });
}

/** With a province until the device has its numbers, then offline, as a counter must be able to save. */
async function runSaves(home: string, plan: Plan, wrapper: string[] = []): Promise<{ saves: Save[]; userData: string }> {
  const province = await startProvince({ officeId: OFFICE.id, agencyCode: OFFICE.agencyCode });
  const device = newDevice(home, province.url, province.code);
  const saves: Save[] = [];
  try {
    await runPage(
      device,
      plan,
      (said) => {
        if (said.kind === 'ready') void province.kill();
        if (said.kind === 'save') saves.push(said);
      },
      wrapper,
    );
  } finally {
    await province.stop();
  }
  return { saves, userData: device.userData };
}

type Saves = Record<ContenderName, Record<string, number[]>>;

function byContender(saves: readonly Save[]): Saves {
  const marks = (contender: ContenderName): Record<string, number[]> => {
    const own = saves.filter((save) => save.contender === contender);
    const named = [...new Set(own.flatMap((save) => Object.keys(save.marks)))];
    return Object.fromEntries(named.map((mark) => [mark, own.flatMap((save) => save.marks[mark] ?? [])]));
  };
  return Object.fromEntries(contenderNames.map((contender) => [contender, marks(contender)])) as Saves;
}

async function saveAll(home: string, plan: Plan, say: BenchOptions['say']): Promise<Saves> {
  say(`${plan.saves} saves each`);
  const saves = byContender((await runSaves(home, plan)).saves);
  for (const contender of contenderNames) say(`${words[contender]}: ${ms(median(saves[contender].saved ?? []))}`);
  return saves;
}

/** Flushes in one save, the median over all, by the folder of the data folder they went to. */
type Flushed = Record<ContenderName, { saved: number; all: number; places: Record<string, number> }>;

async function countFlushes(home: string, plan: Plan, say: BenchOptions['say']): Promise<Flushed> {
  say(`flushes of ${plan.saves} saves each, under strace`);
  const trace = join(home, 'strace.txt');
  const { saves, userData } = await runSaves(home, plan, straceInto(trace));
  const flushes = readFlushes(trace);
  const of = (contender: ContenderName): Flushed[ContenderName] => {
    const own = saves.filter((save) => save.contender === contender);
    const until = (mark: (save: Save) => number) => own.map((save) => flushesBetween(flushes, save.startMs, save.startMs + mark(save)));
    const all = until(({ marks }) => Math.max(...Object.values(marks)));
    const places = [...new Set(all.flat().map(({ path }) => placeOf(path, userData)))];
    return {
      saved: median(until(({ marks }) => marks.saved ?? 0).map((one) => one.length)),
      all: median(all.map((one) => one.length)),
      places: Object.fromEntries(places.map((place) => [place, median(all.map((one) => one.filter(({ path }) => placeOf(path, userData) === place).length))])),
    };
  };
  return Object.fromEntries(contenderNames.map((contender) => [contender, of(contender)])) as Flushed;
}

type Device = { dossiers: number; bytesEach: number; fillMs: number; openMs: number[]; entriesRead: number; firstStartMs: number; startMs: number[] };
type Starts = { empty: number[]; devices: Device[] };

/** Milliseconds from the start of the process to a page an officer can begin on. */
async function timeStart(app: App, device: { userData: string; config: string }): Promise<number> {
  const started = performance.now();
  let tookMs = Number.NaN;
  const usable = new Promise<void>((done, failed) => {
    const running = launch(app, {
      ...device,
      onSaid({ kind }) {
        if (kind !== 'usable' || !Number.isNaN(tookMs)) return;
        tookMs = performance.now() - started;
        // What a start still has to do belongs to it, not to the next one.
        void rest(700)
          .then(() => running.end())
          .then(() => done());
      },
    });
    setTimeout(() => failed(new Error(`${app} never became usable; it said:\n${running.complaints()}`)), PAGE_TIMEOUT_MS).unref();
  });
  await usable;
  return tookMs;
}

/** A first start makes the whole database anew. */
async function startAll(home: string, sizes: readonly number[], rounds: number, say: BenchOptions['say']): Promise<Starts> {
  const empty: number[] = [];
  const made: Array<{ device: { userData: string; config: string }; result: Device }> = [];
  for (const dossiers of sizes) {
    const device = newDevice(home);
    const filled = await fillDevice(device.userData, dossiers);
    say(`a journal of ${dossiers} dossiers in ${(filled.tookMs / 1000).toFixed(1)} s`);
    const opened = [];
    for (let round = 0; round < Math.max(3, rounds); round++) opened.push(await timeOpening(device.userData));
    const firstStartMs = await timeStart('product', device);
    say(`first start with ${dossiers}: ${ms(firstStartMs)}`);
    made.push({
      device,
      result: {
        dossiers,
        bytesEach: filled.bytesEach,
        fillMs: filled.tookMs,
        openMs: opened.map(({ tookMs }) => tookMs),
        entriesRead: opened.at(-1)?.entriesRead ?? 0,
        firstStartMs,
        startMs: [],
      },
    });
  }
  const emptyDevice = newDevice(home);
  await timeStart('empty', emptyDevice);
  say(`${rounds} starts each`);
  for (let round = 0; round < rounds; round++) {
    empty.push(await timeStart('empty', emptyDevice));
    for (const { device, result } of made) result.startMs.push(await timeStart('product', device));
  }
  return { empty, devices: made.map(({ result }) => result) };
}

type BulkRates = Record<BulkName, number[]>;

async function bulkAll(home: string, dossiers: number, bulkRounds: number, seed: number, say: BenchOptions['say']): Promise<BulkRates> {
  say(`${bulkRounds} rounds of inserting ${dossiers} dossiers`);
  const device = newDevice(home);
  mkdirSync(device.userData, { recursive: true });
  await fillDevice(device.userData, dossiers);
  const said: Bulk[] = [];
  await runPage(device, { seed, saves: 0, restMs: 500, bulkRounds }, (one) => {
    if (one.kind !== 'bulk') return;
    said.push(one);
    say(`${one.contender}: ${one.rows} in ${(one.tookMs / 1000).toFixed(1)} s`);
  });
  return Object.fromEntries(
    bulkNames.map((contender) => [contender, said.filter((one) => one.contender === contender).map(({ rows, tookMs }) => (rows / tookMs) * 1000)]),
  ) as BulkRates;
}

function saveTable(saves: Saves, flushed: Flushed | undefined): Table {
  const base = median(saves.raw.saved ?? []);
  return {
    title: 'Time to “Đã lưu”, 4 KB + 3 × 500 KB',
    head: ['', 'p50', 'p99', '× raw', 'both homes p50', '× raw', 'flushes to saved'],
    rows: contenderNames.map((contender) => {
      const { saved = [], homes = [] } = saves[contender];
      const home = median(homes);
      return [
        words[contender],
        ms(median(saved)),
        ms(percentile(saved, 0.99)),
        ratio(median(saved) / base),
        homes.length === 0 ? '' : ms(home),
        homes.length === 0 ? '' : ratio(home / base),
        flushed === undefined ? '–' : String(flushed[contender].saved),
      ];
    }),
  };
}

function bulkTable(bulk: BulkRates): Table {
  const rows: Record<BulkName, string> = {
    product: 'product: IPC, sealed, search index of every word’s beginnings',
    raw: 'raw IndexedDB, plain, five indexes',
    rxdb: 'RxDB, plain, four indexes, half of the rows',
    pouchdb: 'PouchDB, plain, four indexes, a tenth of the rows',
  };
  const product = median(bulk.product);
  return {
    title: 'Database made anew from the journal',
    head: ['', 'dossiers/s', 'product ÷ this'],
    rows: bulkNames.map((contender) => [rows[contender], figure(median(bulk[contender])), ratio(product / median(bulk[contender]))]),
  };
}

function startTables({ empty, devices }: Starts): Table[] {
  const base = median(empty);
  return [
    {
      title: `Start (an empty window: ${ms(base)})`,
      head: [
        'dossiers in the journal',
        'journal open p50',
        'entries read',
        'start to usable p50',
        '× empty window',
        'first start, with the database made anew',
      ],
      rows: devices.map(({ dossiers, openMs, entriesRead, firstStartMs, startMs }) => [
        dossiers.toLocaleString('en-US'),
        ms(median(openMs)),
        String(entriesRead),
        ms(median(startMs)),
        ratio(median(startMs) / base),
        ms(firstStartMs),
      ]),
    },
  ];
}

function goalsOf(saves: Saves, flushed: Flushed | undefined, bulk: BulkRates, { empty, devices }: Starts): Goal[] {
  const raw = median(saves.raw.saved ?? []);
  const pouch = median(saves.pouchdb.saved ?? []);
  const atOnce = median(saves['product-at-once'].saved ?? []);
  const homes = median(saves['product-both-homes'].homes ?? []);
  const atMost = (goal: string, value: number, limit: number, shown = ratio(value)): Goal => ({ goal, measured: shown, isMet: value <= limit });
  const atLeast = (goal: string, value: number, limit: number): Goal => ({ goal, measured: ratio(value), isMet: value >= limit });
  return [
    atMost('everything at once to “Đã lưu” ≤ 0.9 × raw IndexedDB', atOnce / raw, 0.9),
    atLeast('everything at once ≥ 3.5 × faster than PouchDB', pouch / atOnce, 3.5),
    atMost('both homes ≤ 1.8 × raw IndexedDB', homes / raw, 1.8),
    ...(flushed === undefined
      ? []
      : [atMost('≤ 4 flushes a save, everything at once', flushed['product-at-once'].saved, 4, String(flushed['product-at-once'].saved))]),
    atLeast('bulk insert ≥ 12 × PouchDB', median(bulk.product) / median(bulk.pouchdb), 12),
    atLeast('bulk insert ≥ 1.5 × RxDB', median(bulk.product) / median(bulk.rxdb), 1.5),
    ...devices.map(({ dossiers, startMs }) =>
      atMost(`start with ${dossiers.toLocaleString('en-US')} dossiers ≤ 1.3 × an empty window`, median(startMs) / median(empty), 1.3),
    ),
  ];
}
