/** A disk that fills up while dossiers are taken in, and a start on a disk that is full. Needs root, for a disk of its own. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import words from '../../shared/locales/vi/errors.json' with { type: 'json' };
import type { Counter } from '../e2e/app.ts';
import { officerAt } from '../e2e/officer.ts';
import { certifiedCopy } from '../fixtures/intakes.ts';
import { expect, killTree, openCounter, Stopped, test } from './fault-test.ts';
import { countOf, randomOf, SEED } from './seed.ts';
import { acknowledged, findLosses, listen, newLedger, work } from './work.ts';

const FILLS = countOf('QMC_FILLS', 9, 100);
/** New intake is refused under 1 GiB free. */
const DISK_MB = 1400;
const RESTART_EVERY = 3;

type Disk = { folder: string; /** Leaves so many bytes. */ fill(leave: number): void; empty(): void; remove(): void };

/** An ext4 in a sparse file; undefined where that cannot be had. */
function openDisk(home: string): Disk | undefined {
  const image = join(home, 'disk.img');
  const folder = join(home, 'disk');
  const filler = join(folder, 'filler');
  mkdirSync(folder);
  const run = (command: string, ...args: string[]): unknown => execFileSync(command, args, { stdio: 'pipe' });
  try {
    run('truncate', '-s', `${DISK_MB}M`, image);
    run('mkfs.ext4', '-q', '-F', '-m', '0', image);
    run('mount', '-o', 'loop', image, folder);
  } catch {
    return undefined;
  }
  return {
    folder,
    fill(leave) {
      rmSync(filler, { force: true });
      const { bavail, bsize } = statfsSync(folder);
      try {
        run('fallocate', '-l', String(bavail * bsize - leave), filler);
      } catch {
        // The counter was quicker and took of what was free: what is left is allocated all the same.
      }
    },
    empty: () => rmSync(filler, { force: true }),
    remove: () => run('umount', folder),
  };
}

test('a disk that fills up while dossiers are taken in', async ({ enrolled, home }) => {
  const disk = process.getuid?.() === 0 ? openDisk(home) : undefined;
  test.skip(disk === undefined, 'a disk of its own needs root and a loop mount');
  if (disk === undefined) return;
  const next = randomOf('disk full');
  const ledger = newLedger();
  const wrong: string[] = [];
  let stops = 0;
  const userData = enrolled.copyTo(join(disk.folder, 'data'));
  let counter: Counter | undefined;
  const open = () => openCounter({ userData, settings: enrolled.settings });
  try {
    counter = await open();
    await listen(counter.page, ledger);
    let working = work(counter.page, ledger);
    for (let fill = 1; fill <= FILLS; fill++) {
      await wait(next(700));
      disk.fill(next(4) === 0 ? 200 * 2 ** 20 : next(2 ** 19));
      await wait(300 + next(500));
      if (fill % RESTART_EVERY === 0) {
        await killTree(counter);
        await working;
        // With its reserve it opens; the reserve is made again only minutes later, and until then it may stop, in words.
        counter = await open().catch((error: unknown) => {
          if (!(error instanceof Stopped) || fill === RESTART_EVERY) throw error;
          stops += 1;
          return undefined;
        });
        if (counter === undefined) {
          disk.empty();
          counter = await open();
        }
        wrong.push(...(await findLosses(counter.page, ledger)).map((line) => `fill ${fill}, full: ${line}`));
        await listen(counter.page, ledger);
        working = work(counter.page, ledger);
        await wait(200);
      }
      disk.empty();
    }
    await wait(500);
    const beforeEnd = ledger.dossiers.size;
    await expect(() => expect(ledger.dossiers.size, 'work goes on when there is room again').toBeGreaterThan(beforeEnd)).toPass({ timeout: 10_000 });
    await killTree(counter);
    await working;
    counter = await open();
    wrong.push(...(await findLosses(counter.page, ledger, { allScans: true })));
    await counter.close();
  } finally {
    await counter?.kill9();
    disk.remove();
  }
  const refused = [...ledger.refused].map(([what, times]) => `${what} ${times}`).join(', ');
  console.log(
    `full disk, seed ${SEED}: ${FILLS} times full, ${acknowledged(ledger)} acknowledged (${ledger.dossiers.size} dossiers), ${Math.floor(FILLS / RESTART_EVERY)} starts while full (${stops} stopped in words), refused: ${refused}; ${wrong.length} wrong`,
  );
  expect(wrong, `seed ${SEED}`).toEqual([]);
  const kinds = new Set([...ledger.refused.keys()].map((key) => key.split(' ')[1] ?? ''));
  expect([...kinds].filter((kind) => !['disk-full', 'disk-low'].includes(kind))).toEqual([]);
  for (const kind of kinds) expect(words, 'there are words for the officer').toHaveProperty(kind);
  expect(ledger.refused.size, 'the disk was never full').toBeGreaterThan(1);
});

test('an officer at a disk that is full is told so, and goes on when there is room', async ({ enrolled, home }) => {
  const disk = process.getuid?.() === 0 ? openDisk(home) : undefined;
  test.skip(disk === undefined, 'a disk of its own needs root and a loop mount');
  if (disk === undefined) return;
  let counter: Counter | undefined;
  try {
    counter = await openCounter({ userData: enrolled.copyTo(join(disk.folder, 'data')), settings: enrolled.settings });
    const officer = officerAt(counter.page);
    await officer.startIntake();
    await officer.fillIn(certifiedCopy);
    disk.fill(100_000);
    await counter.page.keyboard.press('F9');
    await expect(
      counter.page
        .getByRole('alert')
        .filter({ hasText: /[Ôô] đĩa|Ổ đĩa/u })
        .first(),
    ).toBeVisible();
    await expect(counter.page.getByTestId('accepted')).toHaveCount(0);
    disk.empty();
    const code = await officer.accept();
    const entries = await counter.page.evaluate(() => window.counter.invoke('journal:read', { afterSeq: 0, limit: 1000 }));
    expect(entries.flatMap(({ operation }) => (operation.type === 'dossier.accepted' ? [operation.dossier.code] : []))).toEqual([code]);
    await counter.close();
  } finally {
    await counter?.kill9();
    disk.remove();
  }
});
