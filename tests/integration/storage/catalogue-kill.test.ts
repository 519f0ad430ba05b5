/** kill -9 in the middle of a catalogue switch: the old one or the new one is in force, whole, and nothing else ever. */
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { openCatalogueFiles } from '../../../electron/catalogue/catalogue-files.ts';
import { bundledCatalogue } from '../../../shared/catalogue/bundled.ts';
import { switchFor, versionOf } from '../../fixtures/catalogue-switcher.ts';
import { quietLog } from '../../fixtures/shell-device.ts';

const KILLS = Number(process.env['QMC_CATALOGUE_KILLS'] ?? 6);
const root = resolve(import.meta.dirname, '../../..');
const program = `
  const { runnerImport } = await import('vite');
  const { module } = await runnerImport('${join(root, 'tests/fixtures/catalogue-switcher.ts')}', { root: '${root}', configFile: false, logLevel: 'error' });
  await module.${switchFor.name}(process.argv[1], Number(process.argv[2]));
`;

/** Numbers of the last switch that was begun and the last that was said to be done. */
async function killedAfter(folder: string, from: number, restMs: number): Promise<{ begun: number; done: number }> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, folder, String(from)], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  const told = { begun: from - 1, done: from - 1 };
  const ended = new Promise<void>((end) => child.once('close', () => end()));
  await new Promise<void>((ready, failed) => {
    child.once('exit', () => failed(new Error('the switcher ended by itself')));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const [what = '', nth = ''] = line.split(' ');
      told[what as keyof typeof told] = Number(nth);
      if (what === 'done') ready();
    });
  });
  await sleep(restMs);
  child.kill('SIGKILL');
  await ended;
  return told;
}

it(`survives ${KILLS} kills at any moment of a switch`, { timeout: 120_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'qmc-catalogue-'));
  let next = 1;
  let cutShort = 0;
  for (let round = 0; round < KILLS; round += 1) {
    const { begun, done } = await killedAfter(folder, next, Math.random() * 60);
    const files = await openCatalogueFiles(folder, quietLog);
    const { version, origin } = files.inForce();
    // What was said to be done is done; what was begun may be.
    expect([versionOf(done), versionOf(begun)]).toContain(version);
    expect([origin, files.isDamaged(), files.current().version]).toEqual(['province', false, version]);
    expect(files.current().procedures).toEqual(bundledCatalogue().procedures);
    // An intake that began under the version before goes on with it.
    expect((await files.version(versionOf(done)))?.version).toBe(versionOf(done));
    if (begun > done) cutShort += 1;
    await files.keepOnly(new Set());
    expect((await readdir(folder)).filter((name) => name.startsWith('.tmp-'))).toEqual([]);
    next = begun + 1;
  }
  console.log(`catalogue: ${KILLS} kills, ${cutShort} in the middle of a switch, ${next - 1} switches`);
  expect(cutShort).toBeGreaterThan(0);
  await rm(folder, { recursive: true });
});
