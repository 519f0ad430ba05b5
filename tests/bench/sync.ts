/**
 * `npm run bench sync`: 10,000 dossiers of 4 KB and 200 scans of 1 MB from a device to its province on PostgreSQL, against
 * PouchDB's replication, a plain batched POST, plain PUTs and tus as it comes; then the same from the real app, to see what it
 * costs its main process and its window.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'vite';
import { runtimeName } from '../../build/electron-runtime.mjs';
import { startEmbeddedPostgres } from '../../server/db/embedded-postgres.ts';
import { startProvince } from '../fixtures/province.ts';
import { describeMachine, figure, machineLine, median, ms, ratio, type BenchOptions, type BenchResult, type Goal, type Table } from './result.ts';
import { measureApp, type AppMeasured } from './sync/app.ts';
import { recordContenders, scanContenders, type Contender, type Measured, type Task } from './sync/plan.ts';
import { RECORD_BYTES, SCAN_BYTES } from './sync/work.ts';

export const name = 'sync';

const root = resolve(import.meta.dirname, '../..');
const client = join(root, 'out/bench/sync/client.mjs');
const peers = import.meta.dirname;

const words: Record<Contender, string> = {
  product: 'product',
  batch: 'plain POST of 500, jsonb, one statement',
  'pouch-100': 'PouchDB to CouchDB’s protocol on LevelDB, batches of 100',
  'pouch-500': 'PouchDB, batches of 500',
  'put-1': 'plain PUT, one after the other',
  'put-3': 'plain PUT, three at once',
  tus: 'tus at its defaults, one PATCH',
};

/** Which server a peer needs. */
const serverOf: Partial<Record<Contender, 'records' | 'pouch' | 'scans' | 'tus'>> = {
  batch: 'records',
  'pouch-100': 'pouch',
  'pouch-500': 'pouch',
  'put-1': 'scans',
  'put-3': 'scans',
  tus: 'tus',
};

export async function run({ seed, isQuick, isFull, say }: BenchOptions): Promise<BenchResult> {
  const home = mkdtempSync(join(tmpdir(), 'qmc-bench-'));
  const machine = describeMachine(home);
  const [records, scans, rounds] = isQuick ? [1_000, 20, 1] : [10_000, 200, isFull ? 5 : 2];
  try {
    await buildClient();
    const measured: Record<Task['what'], Partial<Record<Contender, Measured[]>>> = { records: {}, scans: {} };
    for (let round = 0; round < rounds; round += 1) {
      for (const [what, contenders, count] of [
        ['records', recordContenders, records],
        ['scans', scanContenders, scans],
      ] as const) {
        for (const contender of rotated(contenders, round)) {
          const one = await measureOne(home, { what, contender, count, seed: seed + round });
          (measured[what][contender] ??= []).push(one);
          say(`${what}, ${words[contender]}: ${(one.tookMs / 1000).toFixed(1)} s`);
        }
      }
    }
    const app = await measureApp(home, seed, records, scans, say);
    const byRecords = summary(measured.records, recordContenders);
    const byScans = summary(measured.scans, scanContenders);
    return {
      tables: [recordTable(byRecords, records), scanTable(byScans, scans), appTable(app, records, scans)],
      goals: goalsOf(byRecords, byScans, records),
      notes: [
        `${machineLine(machine)}; clients on Node ${machine.node}, the app on ${runtimeName()}. Everything shares these cores: client, server and database.`,
        `Medians of ${rounds} round${rounds === 1 ? '' : 's'}, each contender alone in a process of its own (seed ${seed}). Records hold ${RECORD_BYTES / 1024} KB of Vietnamese words drawn at random, which gzip likes less than real forms.`,
        'The product sends sealed, chained journal entries, each judged and applied exactly once with its idempotency record; it ends when the province has confirmed every dossier, its peers when they have been answered. PostgreSQL, LevelDB and scans are as durable as they are in use.',
      ],
      raw: { seed, machine, runtime: runtimeName(), measured, app },
    };
  } finally {
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Nobody is always first. */
const rotated = <T>(all: readonly T[], by: number): T[] => all.map((_, at) => all[(at + by) % all.length] as T);

async function buildClient(): Promise<void> {
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    build: {
      ssr: join(import.meta.dirname, 'sync/client.ts'),
      outDir: join(root, 'out/bench/sync'),
      emptyOutDir: false,
      target: 'node20',
      rolldownOptions: { output: { format: 'es', entryFileNames: 'client.mjs', codeSplitting: false } },
    },
  });
}

async function measureOne(home: string, task: Pick<Task, 'what' | 'contender' | 'count' | 'seed'>): Promise<Measured> {
  const folder = mkdtempSync(join(home, `${task.contender}-`));
  const server = task.contender === 'product' ? await productServer(join(folder, 'province')) : await peerServer(task.contender, join(folder, 'server'));
  try {
    mkdirSync(join(folder, 'client'));
    return await runClient({ ...task, url: server.url, code: server.code, folder: join(folder, 'client'), peers });
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

type Serving = { url: string; code: string; stop(): Promise<void> };

const productServer = (dataDir: string): Promise<Serving> => startProvince({ dataDir });

async function peerServer(contender: Contender, folder: string): Promise<Serving> {
  const kind = serverOf[contender] ?? '';
  const postgres = kind === 'records' ? await startEmbeddedPostgres(folder) : undefined;
  const child = spawn(process.execPath, [join(peers, 'sync/peer-server.mjs'), kind, folder, postgres?.urlOf('postgres') ?? ''], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = await new Promise<string>((listening, failed) => {
    createInterface({ input: child.stdout }).once('line', listening);
    child.once('exit', (code) => failed(new Error(`the server of ${contender} ended (${code})`)));
  });
  return {
    url: `http://127.0.0.1:${port}`,
    code: '',
    async stop() {
      child.kill('SIGKILL');
      await postgres?.stop();
    },
  };
}

function runClient(task: Task): Promise<Measured> {
  const child = spawn(process.execPath, ['--expose-gc', client, JSON.stringify(task)], { stdio: ['ignore', 'pipe', 'inherit'], cwd: root });
  let last = '';
  createInterface({ input: child.stdout }).on('line', (line) => (last = line));
  return new Promise((done, failed) => {
    child.once('error', failed);
    child.once('close', (code) => (code === 0 ? done(JSON.parse(last) as Measured) : failed(new Error(`${task.contender} ended with ${code}`))));
  });
}

type Summary = Partial<Record<Contender, { seconds: number; acknowledgedSeconds: number; cpuMs: number; upMB: number; downMB: number }>>;

function summary(measured: Partial<Record<Contender, Measured[]>>, contenders: readonly Contender[]): Summary {
  return Object.fromEntries(
    contenders.map((contender) => {
      const all = measured[contender] ?? [];
      const of = (value: (one: Measured) => number): number => median(all.map(value));
      return [
        contender,
        {
          seconds: of(({ tookMs }) => tookMs / 1000),
          acknowledgedSeconds: of(({ tookMs, marks }) => (marks['acknowledged'] ?? tookMs) / 1000),
          cpuMs: of(({ cpuMs }) => cpuMs),
          upMB: of(({ bytesUp }) => bytesUp / 1e6),
          downMB: of(({ bytesDown }) => bytesDown / 1e6),
        },
      ];
    }),
  );
}

const NOTHING = { seconds: Number.NaN, acknowledgedSeconds: Number.NaN, cpuMs: Number.NaN, upMB: Number.NaN, downMB: Number.NaN };

/** PouchDB at the batch size that suits it best. */
const bestPouch = (by: Summary) => {
  const [small = NOTHING, large = NOTHING] = [by['pouch-100'], by['pouch-500']];
  return large.seconds < small.seconds ? large : small;
};

function recordTable(by: Summary, count: number): Table {
  const pouch = bestPouch(by);
  return {
    title: `${count.toLocaleString('en-US')} records of ${RECORD_BYTES / 1024} KB`,
    head: ['', 'answered, records/s', 'confirmed, records/s', '× best PouchDB', 'MB up', 'MB down', 'client CPU'],
    rows: recordContenders.map((contender) => {
      const one = by[contender] ?? NOTHING;
      return [
        words[contender],
        figure(count / one.acknowledgedSeconds),
        contender === 'product' ? figure(count / one.seconds) : '',
        ratio(pouch.seconds / one.seconds),
        figure(one.upMB),
        figure(one.downMB),
        ms(one.cpuMs),
      ];
    }),
  };
}

function scanTable(by: Summary, count: number): Table {
  const tus = by.tus ?? NOTHING;
  return {
    title: `${count} scans of 1 MB, flushed`,
    head: ['', 'MB/s', '× tus at its defaults', 'client CPU'],
    rows: scanContenders.map((contender) => {
      const one = by[contender] ?? NOTHING;
      return [words[contender], figure((count * SCAN_BYTES) / 1e6 / one.seconds), ratio(tus.seconds / one.seconds), ms(one.cpuMs)];
    }),
  };
}

function appTable({ idle, delivering, pssBeforeMiB, pssPeakMiB, cpuMs }: AppMeasured, records: number, scans: number): Table {
  const perSecond = ({ frames, seconds }: AppMeasured['idle']): string => figure(frames / seconds);
  return {
    title: `The real app delivering ${records.toLocaleString('en-US')} records and ${scans} scans`,
    head: ['', 'seconds', 'frames/s', 'longest wait for a frame', 'waits over 50 ms', 'main process, PSS', 'main process, CPU'],
    rows: [
      ['at rest', figure(idle.seconds), perSecond(idle), ms(idle.longestMs), String(idle.late), `${figure(pssBeforeMiB)} MiB`, ''],
      [
        'delivering',
        figure(delivering.seconds),
        perSecond(delivering),
        ms(delivering.longestMs),
        String(delivering.late),
        `${figure(pssPeakMiB)} MiB at most`,
        `${figure(cpuMs / 1000)} s`,
      ],
    ],
  };
}

function goalsOf(byRecords: Summary, byScans: Summary, count: number): Goal[] {
  const [product = NOTHING, pouch, tus = NOTHING, scans = NOTHING] = [byRecords.product, bestPouch(byRecords), byScans.tus, byScans.product];
  const wire = ({ upMB, downMB }: typeof NOTHING): number => upMB + downMB;
  const atLeast = (goal: string, value: number, limit: number): Goal => ({ goal, measured: ratio(value), isMet: value >= limit });
  const atMost = (goal: string, value: number, limit: number): Goal => ({ goal, measured: ratio(value), isMet: value <= limit });
  return [
    atLeast(`${count.toLocaleString('en-US')} records confirmed ≥ 2.5 × faster than PouchDB at its best`, pouch.seconds / product.seconds, 2.5),
    atMost('bytes on the wire ≤ ¼ of PouchDB’s', wire(product) / wire(pouch), 0.25),
    atMost('client CPU ≤ ⅓ of PouchDB’s', product.cpuMs / pouch.cpuMs, 1 / 3),
    atLeast('scans ≥ 2 × faster than tus at its defaults', tus.seconds / scans.seconds, 2),
  ];
}
