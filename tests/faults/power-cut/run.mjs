/**
 * Power cuts, kills and full disks against the journal and the scan files:
 * `node tests/faults/power-cut/run.mjs [--cuts 20] [--kills 20] [--fulls 3] [--seed N]`.
 *
 * A power cut needs root and a loop mount: the process is frozen, the ext4 it writes to is shut down without flushing its
 * log, and only then the process is killed, so that nothing it had not made durable can reach the disk. Where that is not
 * possible the cuts are counted as skipped. `--control` takes every fsync out of the program first: then there must be losses,
 * or the cuts cut nothing.
 */
import { execFileSync, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { build } from 'vite';

const here = import.meta.dirname;
const root = resolve(here, '../../..');
const program = join(root, 'out/faults/counter.mjs');
/** A new disk now and then, or checking all that ever happened would grow without end. */
const ROUNDS_A_DISK = 25;
const DISK_MB = 192;

/** @param {number} seed @returns {(below: number) => number} */
function seeded(seed) {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const bundle = () =>
  build({
    root,
    configFile: false,
    logLevel: 'error',
    build: {
      target: 'node18',
      outDir: join(root, 'out/faults'),
      emptyOutDir: false,
      minify: false,
      ssr: join(here, 'counter.ts'),
      rolldownOptions: { output: { format: 'es', entryFileNames: 'counter.mjs', codeSplitting: false } },
    },
    ssr: { noExternal: true },
  });

/** @param {string} command @param {string[]} args */
const sh = (command, ...args) => execFileSync(command, args, { stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' });

/** EXT4_IOC_SHUTDOWN = _IOR('X', 125, __u32) with EXT4_GOING_FLAGS_NOLOGFLUSH = 2 (Linux, fs/ext4/ext4.h); perl is in every Debian base. @param {string} folder */
const cutPower = (folder) =>
  sh('perl', '-e', 'sysopen(my $f, $ARGV[0], 0) or die "open: $!"; my $how = pack("L", 2); ioctl($f, 0x8004587d, $how) or die "shutdown: $!"', folder);

/** A folder to write to; with `isDisk`, on an ext4 of its own. @param {boolean} isDisk @param {number} [megabytes] */
function openDisk(isDisk, megabytes = DISK_MB) {
  const home = mkdtempSync(join(tmpdir(), 'qmc-faults-'));
  const image = join(home, 'disk.img');
  const folder = join(home, 'data');
  mkdirSync(folder);
  const mount = () => isDisk && sh('mount', '-o', 'loop', image, folder);
  const unmount = () => isDisk && sh('umount', folder);
  if (isDisk) {
    sh('truncate', '-s', `${megabytes}M`, image);
    sh('mkfs.ext4', '-q', '-F', image);
  }
  mount();
  return {
    home,
    folder,
    remount() {
      unmount();
      mount();
    },
    remove() {
      unmount();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** @returns {string | undefined} why there can be no power cut on this machine */
function whyNoCuts() {
  if (process.platform !== 'linux') return 'not Linux';
  if (process.getuid?.() !== 0) return 'not root';
  try {
    const disk = openDisk(true);
    try {
      cutPower(disk.folder);
    } finally {
      disk.remove();
    }
    return undefined;
  } catch (error) {
    return `no loop mount or no shutdown of ext4 (${error instanceof Error ? error.message.split('\n')[0] : ''})`;
  }
}

/**
 * What the outside knows of one device, by what it was told before the end.
 * @typedef {{ seqs: Map<number, { dossierId?: string, hash?: string }>, scans: Set<string>, droppedThrough: number, numbers: Map<string, number> }} Known
 */

/** Runs the counter until `end` has happened to it. @param {string} folder @param {string} key @param {number} seed @param {number} delayMs @param {boolean} fromReady @param {(pid: number) => void} end @param {Known} known */
async function work(folder, key, seed, delayMs, fromReady, end, known) {
  const child = spawn(process.execPath, [program, 'work', folder, key, String(seed)], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  let complaint = '';
  /** @type {() => void} */
  let ready = () => {};
  const isReady = new Promise((settle) => (ready = () => settle(undefined)));
  child.stdout.on('data', (bytes) => {
    said += bytes;
    ready();
  });
  child.stderr.on('data', (bytes) => (complaint += bytes));
  const closed = new Promise((settle) => child.on('close', settle));
  if (fromReady) await Promise.race([isReady, closed]);
  await wait(delayMs);
  if (child.exitCode !== null) throw new Error(`the counter ended by itself: ${complaint}`);
  if (child.pid !== undefined) end(child.pid);
  await closed;
  return listen(said, known);
}

/** What the counter said before it ended; a line it could not finish was not said. @param {string} said @param {Known} known */
function listen(said, known) {
  let acknowledged = 0;
  for (const line of said.split('\n').slice(0, -1)) {
    const told = JSON.parse(line);
    if (told.scan !== undefined) known.scans.add(told.scan);
    if (told.droppedThrough !== undefined) known.droppedThrough = Math.max(known.droppedThrough, told.droppedThrough);
    if (told.acknowledged === undefined) continue;
    acknowledged += 1;
    known.seqs.set(told.acknowledged, told);
  }
  return acknowledged;
}

/** @param {string} folder @param {string} key @param {string} home @param {Known} known */
function check(folder, key, home, known) {
  const digests = join(home, 'digests.json');
  writeFileSync(digests, JSON.stringify([...known.scans]));
  const left = JSON.parse(execFileSync(process.execPath, [program, 'check', folder, key, digests], { encoding: 'utf8', maxBuffer: 2 ** 28 }));
  /** @type {string[]} */
  const wrong = left.lostScans.map((/** @type {string} */ digest) => `scan ${digest} lost`);
  const bySeq = new Map(left.entries.map((/** @type {{ seq: number }} */ entry) => [entry.seq, entry]));
  for (const [seq, told] of known.seqs) {
    if (seq <= known.droppedThrough && seq < left.firstSeq) continue;
    const entry = bySeq.get(seq);
    if (entry === undefined) wrong.push(`entry ${seq} lost`);
    else if (told.dossierId !== undefined && entry.dossierId !== told.dossierId) wrong.push(`entry ${seq} is another one`);
    else if (told.hash !== undefined && entry.hash !== told.hash) wrong.push(`entry ${seq} is another one`);
  }
  if (left.firstSeq > known.droppedThrough + 1) wrong.push(`dropped up to ${left.firstSeq - 1}, asked for ${known.droppedThrough}`);
  for (const { seq, number } of left.entries) {
    if (number === undefined) continue;
    const before = known.numbers.get(number);
    if (before !== undefined && before !== seq) wrong.push(`number ${number} used twice, by ${before} and ${seq}`);
    known.numbers.set(number, seq);
  }
  for (const problem of left.problems) if (problem.kind !== 'torn-tail') wrong.push(`reported ${JSON.stringify(problem)}`);
  return { wrong, isTorn: left.problems.length > 0, entriesRead: left.entriesReadAtStart };
}

/**
 * @param {'power cut' | 'kill -9'} how @param {number} rounds @param {number} seed
 * @returns {Promise<{ how: string, run: number, skipped: number, failed: number, acknowledged: number, torn: number, wrong: string[] }>}
 */
async function endure(how, rounds, seed) {
  const next = seeded(seed);
  const total = { how, run: 0, skipped: 0, failed: 0, acknowledged: 0, torn: 0, wrong: /** @type {string[]} */ ([]) };
  const isCut = how === 'power cut';
  const why = isCut && rounds > 0 ? whyNoCuts() : undefined;
  if (why !== undefined) {
    console.log(`power cuts skipped: ${why}`);
    return { ...total, skipped: rounds };
  }
  /** @type {ReturnType<typeof openDisk> | undefined} */
  let disk;
  /** @type {Known} */
  let known = { seqs: new Map(), scans: new Set(), droppedThrough: 0, numbers: new Map() };
  let key = '';
  try {
    for (let round = 0; round < rounds; round++) {
      if (disk === undefined || round % ROUNDS_A_DISK === 0) {
        disk?.remove();
        disk = openDisk(isCut);
        known = { seqs: new Map(), scans: new Set(), droppedThrough: 0, numbers: new Map() };
        key = join(disk.home, 'device.pem');
        writeFileSync(key, generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }));
      }
      const { folder, home } = disk;
      /** @param {number} pid */
      const end = (pid) => {
        if (isCut) {
          process.kill(pid, 'SIGSTOP');
          cutPower(folder);
        }
        process.kill(pid, 'SIGKILL');
      };
      // One in six ends while the journal is only being opened.
      const fromReady = next(6) > 0;
      total.acknowledged += await work(folder, key, next(2 ** 31), next(fromReady ? 500 : 700), fromReady, end, known);
      if (isCut) disk.remount();
      const { wrong, isTorn } = check(folder, key, home, known);
      total.run += 1;
      if (isTorn) total.torn += 1;
      if (wrong.length === 0) continue;
      total.failed += 1;
      total.wrong.push(...wrong.map((line) => `round ${round}: ${line}`));
    }
  } finally {
    disk?.remove();
  }
  return total;
}

/**
 * A disk of its own for each round, filled up to some point before and by the counter for the rest, then a start while it is full.
 * @param {number} rounds @param {number} seed
 * @returns {ReturnType<typeof endure>}
 */
async function fillUp(rounds, seed) {
  const next = seeded(seed);
  const total = { how: 'full disk', run: 0, skipped: 0, failed: 0, acknowledged: 0, torn: 0, wrong: /** @type {string[]} */ ([]) };
  if (rounds > 0 && whyNoCuts() !== undefined) return { ...total, skipped: rounds };
  for (let round = 0; round < rounds; round++) {
    const disk = openDisk(true, 16);
    try {
      const { folder, home } = disk;
      const key = join(home, 'device.pem');
      writeFileSync(key, generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }));
      const { bavail, bsize } = statfsSync(folder);
      // The journal's reserve of 1 MiB is made only when four times as much is free.
      writeFileSync(join(folder, 'filler'), Buffer.alloc(Math.max(0, bavail * bsize - 4.5 * 2 ** 20 - next(2 ** 21)), 1));
      const said = execFileSync(process.execPath, [program, 'fill', folder, key, String(next(2 ** 31))], { encoding: 'utf8', maxBuffer: 2 ** 28 });
      /** @type {Known} */
      const known = { seqs: new Map(), scans: new Set(), droppedThrough: 0, numbers: new Map() };
      total.acknowledged += listen(said, known);
      const { full } = JSON.parse(said.trimEnd().split('\n').at(-1) ?? '{}');
      disk.remount();
      const { wrong } = check(folder, key, home, known);
      if (full?.refused < 20) wrong.push('the disk was never full');
      if (full?.isCalled !== true) wrong.push('nothing but intake was asked, and refused');
      if (full?.isReadable !== true) wrong.push('not all is readable on a full disk');
      total.run += 1;
      if (wrong.length > 0) total.failed += 1;
      total.wrong.push(...wrong.map((line) => `round ${round}: ${line}`));
    } finally {
      disk.remove();
    }
  }
  return total;
}

const { values } = parseArgs({
  options: {
    cuts: { type: 'string', default: '20' },
    kills: { type: 'string', default: '20' },
    fulls: { type: 'string', default: '3' },
    control: { type: 'boolean', default: false },
    seed: { type: 'string' },
  },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
console.log(`power cuts and kills: seed ${seed}`);
const startedMs = performance.now();
await bundle();
if (values.control) writeFileSync(program, readFileSync(program, 'utf8').replace(/\.(data)?sync\(\)/gu, '.stat()'));
const totals = [
  await endure('power cut', Number(values.cuts), seed),
  await endure('kill -9', Number(values.kills), seed + 1),
  await fillUp(Number(values.fulls), seed + 2),
];
for (const { how, run, skipped, failed, acknowledged, torn, wrong } of totals) {
  console.log(`${how}: ${run} run, ${failed} failed, ${skipped} skipped; ${acknowledged} acknowledged, ${torn} torn tails`);
  for (const line of wrong.slice(0, 20)) console.log(`  ${line}`);
}
console.log(`${((performance.now() - startedMs) / 1000).toFixed(0)} s, seed ${seed}`);
mkdirSync(join(root, 'out/faults'), { recursive: true });
writeFileSync(join(root, 'out/faults/power-cut.json'), JSON.stringify({ seed, totals }, undefined, 2));
// A round in which nothing was ever acknowledged proves nothing.
const isProof = totals.every(({ run, acknowledged }) => run === 0 || acknowledged > run);
if (!isProof) console.log('too little was acknowledged to prove anything');
const hasFailed = totals.some(({ failed }) => failed > 0);
if (values.control)
  console.log(hasFailed ? 'control: without fsync there are losses, as there must be' : 'control: nothing was lost without fsync, so these cuts prove nothing');
process.exitCode = hasFailed !== values.control || !isProof ? 1 : 0;
