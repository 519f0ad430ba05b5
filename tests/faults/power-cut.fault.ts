/**
 * Power cuts under the whole program: its data folder, IndexedDB and all, on an ext4 that is shut down without flushing while
 * dossiers are taken in. What it had acknowledged must be there when it opens again. `QMC_APP_CUTS` cuts.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Counter } from '../e2e/app.ts';
import { officerAt } from '../e2e/officer.ts';
import { certifiedCopy } from '../fixtures/intakes.ts';
import { openDisk, whyNoDisk } from './disk.ts';
import { expect, freezeTree, killTree, openCounter, test } from './fault-test.ts';
import { record } from './ledger.mjs';
import { countOf, randomOf, SEED } from './seed.ts';
import { acknowledged, findLosses, listen, newLedger, work } from './work.ts';

const CUTS = countOf('QMC_APP_CUTS', { brief: 2, short: 6, long: 50 });
/** A new disk now and then, or looking through all that ever happened would grow without end. */
const CUTS_A_DISK = 10;
const MOST_ACKNOWLEDGED = 30;
const LAST_MS = 60;
/** Every third cut comes the moment an officer reads "Đã lưu". */
const OFFICER_EVERY = 3;

for (let device = 0; device * CUTS_A_DISK < CUTS; device++) {
  test(`power cut under the whole program, disk ${device + 1}`, async ({ enrolled, home }) => {
    const none = await whyNoDisk();
    test.skip(none !== null, none ?? '');
    const cuts = Math.min(CUTS_A_DISK, CUTS - device * CUTS_A_DISK);
    const next = randomOf(`app power cut ${device}`);
    const disk = openDisk(home);
    const ledger = newLedger();
    const codes: string[] = [];
    const wrong: string[] = [];
    const settings = enrolled.settings;
    const userData = enrolled.copyTo(join(disk.folder, 'data'));
    execFileSync('sync', ['-f', disk.folder]);
    let counter: Counter | undefined;
    try {
      for (let cut = 0; cut <= cuts; cut++) {
        counter = await openCounter({ userData, settings });
        const { page } = counter;
        wrong.push(...(await findLosses(page, ledger, { allScans: cut === cuts })).map((line) => `after cut ${cut}: ${line}`));
        const officer = officerAt(page);
        const newest = [...ledger.dossiers.values()].at(-1)?.code;
        for (const code of new Set([...codes, newest].filter((each) => each !== undefined)))
          await officer.openDossier(code).catch(() => wrong.push(`after cut ${cut}: ${code} is not in the list`));
        if (cut === cuts) {
          await counter.close();
          break;
        }
        if (cut % OFFICER_EVERY === OFFICER_EVERY - 1 || (cuts < OFFICER_EVERY && cut === cuts - 1)) {
          await officer.startIntake();
          await officer.fillIn(certifiedCopy);
          codes.push(await officer.accept());
          freezeTree(counter);
          disk.cut();
          await killTree(counter);
        } else {
          await listen(page, ledger);
          const working = work(page, ledger);
          const enough = acknowledged(ledger) + 1 + next(MOST_ACKNOWLEDGED);
          while (acknowledged(ledger) < enough) await wait(3);
          await wait(next(LAST_MS));
          freezeTree(counter);
          disk.cut();
          await killTree(counter);
          expect(await working, 'the page died with the counter').toBe(false);
        }
        await disk.remount();
      }
    } finally {
      await counter?.kill9();
      await disk.remove();
    }
    const all = acknowledged(ledger) + codes.length;
    record({ proof: 'power cut', rounds: cuts, acknowledged: all, losses: wrong.length, seed: SEED });
    console.log(`power cuts under the whole program, disk ${device + 1}, seed ${SEED}: ${cuts} cuts, ${all} acknowledged, ${wrong.length} wrong`);
    expect(wrong, `seed ${SEED}`).toEqual([]);
    expect(all, 'too little was acknowledged to prove anything').toBeGreaterThanOrEqual(cuts);
  });
}
