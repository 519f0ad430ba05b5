/**
 * The spool under `kill -9`, on a real socket and a real disk. `QMC_SPOOL_KILLS` kills (a few by themselves; 200 prove it:
 * `QMC_SPOOL_KILLS=200 npx vitest run tests/integration/printing/spool-kill.test.ts`).
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { PNG } from 'pngjs';
import { expect, it } from 'vitest';
import { build } from 'vite';
import { startVirtualPrinter } from '../../../electron/printing/virtual/virtual-printer.ts';
import { eventually } from '../../fakes/eventually.ts';
import { wholeCopies } from '../../fixtures/spool-program/marked-paper.ts';

const KILLS = Number(process.env['QMC_SPOOL_KILLS'] ?? 15);
const SEED = Number(process.env['QMC_SEED'] ?? Date.now() % 1_000_000);

type Line = { submitted?: number; printed?: number; reprint?: number; asked?: number; answered?: number; answer?: string; ready?: true; error?: string };

it(`nothing is lost and no second copy goes for a first, ${KILLS} kills`, { timeout: 30_000 + KILLS * 3000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'spool-kill-'));
  const repoRoot = resolve(import.meta.dirname, '../../..');
  await build({
    root: repoRoot,
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    ssr: { noExternal: true },
    build: {
      ssr: join(repoRoot, 'tests/fixtures/spool-program/main.ts'),
      target: 'node20',
      outDir: join(folder, 'program'),
      rollupOptions: { output: { format: 'cjs', entryFileNames: 'main.cjs' } },
    },
  });
  const copies = new Map<string, number>();
  let reading: Promise<void> = Promise.resolve();
  /** As it comes out, because a printer keeps only its last papers. */
  const count = async (file: string): Promise<void> => {
    const { width, height, data } = PNG.sync.read(await readFile(join(folder, 'paper', file)));
    const bits = new Uint8Array((width / 8) * height);
    for (let dot = 0; dot < width * height; dot += 1) if (data[dot * 4]! < 128) bits[dot >> 3]! |= 0x80 >> (dot & 7);
    for (const copy of wholeCopies({ widthDots: width, heightDots: height, bits })) copies.set(copy, (copies.get(copy) ?? 0) + 1);
  };
  const printer = await startVirtualPrinter({
    port: 0,
    dir: join(folder, 'paper'),
    widthDots: 384,
    onPaper: ({ file }) => {
      reading = reading.then(() => count(file));
    },
  });
  // Fast enough to get on, slow enough for most kills to fall into a print.
  printer.setFault({ slowBytesPerSecond: 60_000 });

  const submitted = new Set<number>();
  /** `number/reprint` the spool itself said to be printed, with no officer's word. */
  const claimed = new Set<string>();
  const asked = new Set<number>();
  const believed = new Set<number>();
  const errors: string[] = [];
  let state = SEED;
  const next = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >> 8) % below;
  };

  const start = () => {
    const first = Math.max(0, ...submitted) + 1;
    const child = spawn(process.execPath, [join(folder, 'program/main.cjs'), join(folder, 'spool'), String(printer.port), String(first)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let isReady = false;
    createInterface(child.stdout).on('line', (text) => {
      const line = JSON.parse(text) as Line;
      if (line.submitted !== undefined) submitted.add(line.submitted);
      if (line.asked !== undefined) asked.add(line.asked);
      if (line.answered !== undefined && line.answer === 'printed') believed.add(line.answered);
      if (line.printed !== undefined && !believed.has(line.printed)) claimed.add(`${line.printed}/${line.reprint}`);
      if (line.error !== undefined) errors.push(line.error);
      isReady ||= line.ready === true;
    });
    const ended = new Promise<void>((done) => child.once('close', () => done()));
    return { child, ended, isReady: () => isReady };
  };

  try {
    for (let kill = 0; kill < KILLS; kill += 1) {
      const { child, ended, isReady } = start();
      await eventually(isReady, 20_000);
      await new Promise((resolve) => setTimeout(resolve, next(220)));
      child.kill('SIGKILL');
      await ended;
    }
    const last = start();
    await eventually(last.isReady, 20_000);
    const enough = submitted.size + 5;
    await eventually(() => submitted.size >= enough, 20_000);
    // What waited before is printed by now: papers come out in order.
    const settled = [...submitted].sort((a, b) => a - b).slice(0, -5);
    await eventually(() => settled.every((number) => believed.has(number) || [...claimed].some((copy) => copy.startsWith(`${number}/`))), 30_000);
    last.child.kill('SIGKILL');
    await last.ended;
    await new Promise((resolve) => setTimeout(resolve, 500));
    await reading;

    const twice = [...copies].filter(([, times]) => times > 1);
    expect(twice, `seed ${SEED}: printed twice as the same copy`).toEqual([]);
    const unasked = [...copies.keys()].filter((copy) => !copy.endsWith('/0') && !asked.has(Number(copy.split('/')[0])));
    expect(unasked, `seed ${SEED}: printed again without being asked about`).toEqual([]);
    const empty = [...claimed].filter((copy) => !copies.has(copy));
    expect(empty, `seed ${SEED}: said to be printed, and no paper`).toEqual([]);
    expect(errors).toEqual([]);
    // Some kills come before the first paper, on a busy machine many do.
    expect(submitted.size).toBeGreaterThan(KILLS / 2);
    expect(asked.size, 'no kill fell into a print').toBeGreaterThan(0);
    console.log(`spool, seed ${SEED}: ${KILLS} kills, ${submitted.size} papers acknowledged, ${asked.size} asked about, ${copies.size} whole copies, 0 wrong`);
  } finally {
    await printer.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
});
