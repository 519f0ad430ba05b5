/** `kill -9` of the whole process tree at random points while dossiers with scans are taken in. `QMC_KILLS` kills. */
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Page } from '@playwright/test';
import { startVirtualPrinter } from '../../electron/printing/virtual/virtual-printer.ts';
import { officerAt } from '../e2e/officer.ts';
import { errorsLogged, expect, killTree, openCounter, test } from './fault-test.ts';
import { record } from './ledger.mjs';
import { countOf, randomOf, SEED } from './seed.ts';
import { acknowledged, findLosses, listen, newLedger, work } from './work.ts';

const KILLS = countOf('QMC_KILLS', { brief: 6, short: 24, long: 960 });
/** A new device now and then, or looking through all that ever happened would grow without end. */
const KILLS_A_DEVICE = 12;
const MOST_ACKNOWLEDGED = 40;
const LAST_MS = 40;

for (let device = 0; device * KILLS_A_DEVICE < KILLS; device++) {
  test(`kill -9 while dossiers are taken in, device ${device + 1}`, async ({ enrolled, home }) => {
    const kills = Math.min(KILLS_A_DEVICE, KILLS - device * KILLS_A_DEVICE);
    const next = randomOf(`kill ${device}`);
    const userData = enrolled.copyTo(join(home, 'data'));
    const ledger = newLedger();
    const wrong: string[] = [];
    for (let kill = 0; kill <= kills; kill++) {
      const counter = await openCounter({ userData, settings: enrolled.settings });
      wrong.push(...(await findLosses(counter.page, ledger, { allScans: kill === kills })).map((line) => `after kill ${kill}: ${line}`));
      await listen(counter.page, ledger);
      const working = work(counter.page, ledger);
      // By what was done, not by the clock: as many things are in the way of a kill on a slow machine as on a fast one.
      const enough = acknowledged(ledger) + next(MOST_ACKNOWLEDGED);
      while (acknowledged(ledger) < enough) await wait(3);
      await wait(next(LAST_MS));
      await killTree(counter);
      expect(await working, 'the page died with the counter').toBe(false);
    }
    const errors = errorsLogged(userData);
    console.log(
      `kill -9, device ${device + 1}, seed ${SEED}: ${kills} kills, ${acknowledged(ledger)} acknowledged (${ledger.dossiers.size} dossiers, ${ledger.scans.size} scans, ${ledger.drafts.size} drafts, ${ledger.tickets.size} tickets), ${wrong.length} wrong`,
    );
    record({ proof: 'kill', rounds: kills, acknowledged: acknowledged(ledger), losses: wrong.length, seed: SEED });
    expect(wrong, `seed ${SEED}`).toEqual([]);
    expect(errors).toEqual([]);
    expect([...ledger.refused]).toEqual([]);
    expect(ledger.dossiers.size, 'too little was acknowledged to prove anything').toBeGreaterThan(kills);
  });
}

const FIELDS = ['fullName', 'residence', 'email', 'phone'] as const;
const TYPED_KILLS = countOf('QMC_TYPED_KILLS', { brief: 2, short: 6, long: 40 });

type Fields = Record<(typeof FIELDS)[number], string>;
/** A value holds the number of the round in which it was typed. */
const roundOf = (value: string | undefined): number => Number(/\d+/u.exec(value ?? '')?.[0] ?? 0);

test('kill -9 while an officer types: nothing is lost that the screen called saved', async ({ enrolled, home }) => {
  const next = randomOf('typed');
  const userData = enrolled.copyTo(join(home, 'data'));
  const wrong: string[] = [];
  let called: Fields | undefined;
  let callings = 0;
  for (let kill = 0; kill <= TYPED_KILLS; kill++) {
    const counter = await openCounter({ userData, settings: enrolled.settings });
    const { page } = counter;
    const drafts = await page.evaluate(() => window.counter.invoke('drafts:list'));
    const left: Record<string, string | undefined> = drafts[0]?.applicant ?? {};
    // A later value may have reached the disk before anyone said so; an older one or none may not stand there.
    for (const field of called === undefined ? [] : FIELDS)
      if (roundOf(left[field]) < roundOf(called?.[field])) wrong.push(`kill ${kill}: ${field} "${called?.[field]}" is now "${left[field]}"`);
    if (kill === TYPED_KILLS) {
      await counter.close();
      break;
    }
    called = undefined;
    const officer = officerAt(page);
    await officer.startIntake();
    await officer.chooseProcedure({ search: 'hoa giai tranh chap dat dai', name: 'Hòa giải tranh chấp đất đai' });
    let heard = 0;
    await page.exposeFunction('tellSaved', (fields: Fields) => {
      called = fields;
      heard += 1;
    });
    await page.evaluate(watchSavedWord, [...FIELDS]);
    const typing = typeFields(page, next).catch(() => undefined);
    while (heard < 3) await wait(10);
    await wait(next(700));
    await killTree(counter);
    await typing;
    callings += heard;
  }
  console.log(`kill -9 while typing, seed ${SEED}: ${TYPED_KILLS} kills, the screen said "saved" ${callings} times, ${wrong.length} wrong`);
  record({ proof: 'kill while typing', rounds: TYPED_KILLS, acknowledged: callings, losses: wrong.length, seed: SEED });
  expect(wrong, `seed ${SEED}`).toEqual([]);
});

test('a counter killed with a receipt on its way opens again and prints it', async ({ enrolled, home }) => {
  const paper = join(home, 'paper');
  const printer = await startVirtualPrinter({ port: 0, dir: paper, widthDots: 576 });
  try {
    const userData = enrolled.copyTo(join(home, 'data'));
    const settings = {
      ...enrolled.settings,
      printers: [{ id: 'receipts', name: 'Máy in', connection: { type: 'tcp', host: '127.0.0.1', port: printer.port } }],
    };
    printer.setFault({ paperOut: true });
    const counter = await openCounter({ userData, settings });
    const ledger = newLedger();
    while (ledger.dossiers.size === 0) await work(counter.page, ledger, { lanes: 1, dossiers: 1 });
    await killTree(counter);
    expect(printer.papers()).toEqual([]);

    const again = await openCounter({ userData, settings });
    expect(await findLosses(again.page, ledger, { allScans: true })).toEqual([]);
    printer.setFault({ paperOut: false });
    await expect.poll(() => printer.papers().length, { timeout: 20_000 }).toBe(ledger.dossiers.size);
    await again.close();
  } finally {
    await printer.stop();
  }
});

/** Runs in the page: at every frame on which the screen says that the draft is saved, tells what stands in the fields at that moment. */
function watchSavedWord(fields: string[]): void {
  let told = '';
  const look = (): void => {
    requestAnimationFrame(look);
    if (![...document.querySelectorAll('[role=status]')].some((line) => line.textContent?.includes('Đã lưu nháp'))) return;
    const values = Object.fromEntries(fields.map((field) => [field, document.querySelector<HTMLInputElement>(`#intake-applicant-${field}`)?.value ?? '']));
    if (JSON.stringify(values) === told) return;
    told = JSON.stringify(values);
    (window as unknown as { tellSaved(values: unknown): void }).tellSaved(values);
  };
  look();
}

/** Field after field with a new value each round, until the page dies; now and then the officer reads the line that says "saved". */
async function typeFields(page: Page, next: (below: number) => number): Promise<void> {
  for (let round = 1; ; round++) {
    for (const field of FIELDS) {
      const value = field === 'phone' ? `09${String(round).padStart(8, '0')}` : field === 'email' ? `nguoi${round}@example.vn` : `Số ${round} thôn Đông`;
      const input = page.locator(`#intake-applicant-${field}`);
      await input.fill(value);
      if (next(2) === 0) continue;
      await input.blur();
      await page.getByRole('status').filter({ hasText: 'Đã lưu nháp' }).waitFor();
    }
  }
}
