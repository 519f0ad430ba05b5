/** A disk that fills up while dossiers are taken in, and a start on a disk that is full. Needs root, for a disk of its own. */
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import words from '../../shared/locales/vi/errors.json' with { type: 'json' };
import type { Counter } from '../e2e/app.ts';
import { officerAt } from '../e2e/officer.ts';
import { certifiedCopy } from '../fixtures/intakes.ts';
import { openDisk, whyNoDisk } from './disk.ts';
import { expect, killTree, openCounter, Stopped, test } from './fault-test.ts';
import { record } from './ledger.mjs';
import { countOf, randomOf, SEED } from './seed.ts';
import { acknowledged, findLosses, listen, newLedger, work } from './work.ts';

const FILLS = countOf('QMC_FILLS', { brief: 3, short: 9, long: 100 });
const RESTART_EVERY = 3;

test('a disk that fills up while dossiers are taken in', async ({ enrolled, home }) => {
  const none = await whyNoDisk();
  test.skip(none !== null, none ?? '');
  const disk = openDisk(home);
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
    await disk.remove();
  }
  const refused = [...ledger.refused].map(([what, times]) => `${what} ${times}`).join(', ');
  console.log(
    `full disk, seed ${SEED}: ${FILLS} times full, ${acknowledged(ledger)} acknowledged (${ledger.dossiers.size} dossiers), ${Math.floor(FILLS / RESTART_EVERY)} starts while full (${stops} stopped in words), refused: ${refused}; ${wrong.length} wrong`,
  );
  record({ proof: 'disk full', rounds: FILLS, acknowledged: acknowledged(ledger), losses: wrong.length, seed: SEED });
  expect(wrong, `seed ${SEED}`).toEqual([]);
  const kinds = new Set([...ledger.refused.keys()].map((key) => key.split(' ')[1] ?? ''));
  expect([...kinds].filter((kind) => !['disk-full', 'disk-low'].includes(kind))).toEqual([]);
  for (const kind of kinds) expect(words, 'there are words for the officer').toHaveProperty(kind);
  expect(ledger.refused.size, 'the disk was never full').toBeGreaterThan(1);
});

test('an officer at a disk that is full is told so, and goes on when there is room', async ({ enrolled, home }) => {
  const none = await whyNoDisk();
  test.skip(none !== null, none ?? '');
  const disk = openDisk(home);
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
    await disk.remove();
  }
});

test('on a disk with little room no intake is begun, what was begun is finished, and the queue goes on', async ({ enrolled, home }) => {
  const none = await whyNoDisk();
  test.skip(none !== null, none ?? '');
  const disk = openDisk(home);
  let counter: Counter | undefined;
  try {
    counter = await openCounter({ userData: enrolled.copyTo(join(disk.folder, 'data')), settings: enrolled.settings });
    const { page } = counter;
    const officer = officerAt(page);
    const { papers, ...rest } = certifiedCopy;
    await officer.startIntake();
    await officer.fillIn({ ...rest, papers: {} });

    disk.fill(500 * 2 ** 20);
    const issue = () =>
      page.evaluate(async () => {
        const group = (await window.counter.invoke('app:info')).settings.queueGroups[0]?.id ?? '';
        const issued = await window.counter.invoke('queue:issue', { groupId: group, priority: 'none', print: false });
        return issued.ok ? 'issued' : issued.failure.kind;
      });
    expect(await issue()).toBe('issued');
    for (const [requirementId, files] of Object.entries(papers)) await officer.attach(requirementId, files);
    const code = await officer.accept();
    await page.keyboard.press('F2');
    const refusal = page.getByRole('alertdialog');
    await expect(refusal).toContainText('chưa nhận hồ sơ mới');
    await refusal.getByRole('button', { name: 'Đóng' }).last().click();
    expect(await page.evaluate(async () => (await window.counter.invoke('drafts:list')).length)).toBe(0);

    // Begun while there is room, and not to be finished from what is kept for the queue and for sending.
    disk.empty();
    await officer.startIntake();
    await officer.fillIn({ ...rest, papers: {} });
    disk.fill(40 * 2 ** 20);
    const scan = await page.evaluate(async () => {
      const put = await window.counter.invoke('scans:put', { bytes: new TextEncoder().encode('%PDF-1.4\n% a page') });
      return put.ok ? 'kept' : put.failure.kind;
    });
    expect(scan).toBe('disk-full');
    expect(await issue()).toBe('issued');
    const called = await page.evaluate(async () => {
      const groupIds = (await window.counter.invoke('app:info')).settings.queueGroups.map(({ id }) => id);
      return (await window.counter.invoke('queue:call-next', { groupIds })).ok;
    });
    expect(called).toBe(true);
    await officer.openDossier(code);
    await counter.close();
  } finally {
    await counter?.kill9();
    await disk.remove();
  }
});
