/**
 * Fifty words that only a citizen could have brought, through every way in: typed, read from a card, in drafts, in scans, in
 * the form, printed, searched for. Then the counter is killed, its data folder, logs, crash dumps and temporary files are read
 * byte by byte, and not one of the words may stand in them.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { startVirtualPrinter } from '../../electron/printing/virtual/virtual-printer.ts';
import type { Counter } from '../e2e/app.ts';
import { officerAt } from '../e2e/officer.ts';
import { certifiedCopy } from '../fixtures/intakes.ts';
import { startProvince } from '../fixtures/province.ts';
import { pdfPage } from '../fixtures/scans.ts';
import { OFFICE, officeSettings } from '../fixtures/settings.ts';
import { expect, killTree, openCounter, test } from './fault-test.ts';
import { filesAt, findInFiles } from './find-in-files.ts';
import { record } from './ledger.mjs';
import { SEED } from './seed.ts';
import { DAY_MS } from '../../shared/lib/time.ts';

/** Letters that no program, dictionary or font holds in this order. */
const word = (at: number): string => `Qz${String.fromCharCode(97 + (at % 26))}xk${at}vwj`;
const digits = (prefix: string, at: number, length: number): string =>
  `${prefix}${String(7_919_000_003 * (at + 1))
    .slice(-(length - prefix.length))
    .padStart(length - prefix.length, '7')}`;

const names = Array.from({ length: 10 }, (_, at) => `Đỗ Thị ${word(at)} Ẩm`);
const ids = Array.from({ length: 8 }, (_, at) => digits('0011', at, 12));
const phones = Array.from({ length: 6 }, (_, at) => digits('09', at + 20, 10));
const emails = Array.from({ length: 4 }, (_, at) => `${word(30 + at)}@${word(40 + at)}.vn`);
const addresses = Array.from({ length: 6 }, (_, at) => `Thôn ${word(50 + at)} Xã Ẩn`);
const inScans = Array.from({ length: 6 }, (_, at) => `Scan ${word(60 + at)} text`);
const inForms = Array.from({ length: 4 }, (_, at) => `Bằng ${word(70 + at)} ứng`);
const notes = Array.from({ length: 4 }, (_, at) => `Ghi chú ${word(80 + at)} ạ`);
const searched = Array.from({ length: 2 }, (_, at) => `tim ${word(90 + at)}`);
/** What identifies each of them, without the words around it that other places may hold too. */
const canaries = [...names, ...ids, ...phones, ...emails, ...addresses, ...inScans, ...inForms, ...notes, ...searched];
const marks = canaries.flatMap((canary) => /Qz\w+vwj/gu.exec(canary)?.[0] ?? canary);
const folded = marks.map((mark) => mark.toLowerCase()).filter((mark) => !marks.includes(mark));

const page = (name: string, at: number) => ({ name: `${name}.pdf`, mimeType: 'application/pdf', buffer: Buffer.from(pdfPage(inScans[at] ?? '')) });
const at = <T>(all: readonly T[], index: number): T => all[index % all.length] as T;

async function takeIn(screen: Page, person: number): Promise<string> {
  const officer = officerAt(screen);
  await officer.startIntake();
  await officer.fillIn({
    ...certifiedCopy,
    card: `${at(ids, person)}||${at(names, person)}|01121985|Nam|${at(addresses, person)}|20082022|`,
    phone: at(phones, person),
    form: { ...certifiedCopy.form, 'items.0.paperName': at(inForms, person) },
    papers: { 'original-paper': [page(`ban-chinh-${word(60 + (person % 6))}`, person)], copies: [page('ban-sao', person + 3)] },
  });
  await screen.locator('#intake-applicant-email').fill(at(emails, person));
  return officer.accept();
}

/** A draft that is left as it stands. */
async function leaveDraft(screen: Page, person: number): Promise<void> {
  const officer = officerAt(screen);
  await officer.startIntake();
  await officer.chooseProcedure(certifiedCopy.procedure);
  await screen.locator('#intake-applicant-fullName').fill(at(names, person));
  await screen.locator('#intake-applicant-idNumber').fill(at(ids, person));
  await screen.locator('#intake-applicant-residence').fill(at(addresses, person));
  await screen.locator('#intake-applicant-phone').fill(at(phones, person));
  await screen.locator('#intake-applicant-phone').blur();
  await officer.attach('original-paper', [page('do-dang', person)]);
}

/** Over the bridge, as the screens send it: what the screens above did not reach. */
const noteAll = (screen: Page): Promise<unknown> =>
  screen.evaluate(
    async ({ notes: words, people }) => {
      const [draft] = await window.counter.invoke('drafts:list');
      if (draft === undefined) throw new Error('no draft to begin with');
      for (const [index, note] of words.entries())
        await window.counter.invoke('drafts:put', { draft: { ...draft, draftId: crypto.randomUUID(), note, applicant: { fullName: people[index] } } });
      for (const name of people)
        await window.counter.invoke('drafts:put', { draft: { ...draft, draftId: crypto.randomUUID(), applicant: { fullName: name } } });
      // A page that fails tells the shell about it; what it was doing stays out of that.
      await window.counter.invoke('drafts:put', { draft: { ...draft, updatedAtMs: words[0] as unknown as number } }).catch(() => undefined);
    },
    { notes, people: names },
  );

async function search(screen: Page, text: string): Promise<void> {
  await screen.keyboard.press('F3');
  await screen.getByRole('searchbox', { name: 'Tìm hồ sơ' }).pressSequentially(text, { delay: 5 });
  await screen.waitForTimeout(300);
}

test('a stolen PC tells nothing: fifty words of citizens are in no file', async ({ enrolled, home }) => {
  expect(new Set(canaries).size).toBe(50);
  const userData = enrolled.copyTo(join(home, 'data'));
  const temporary = mkdtempSync(join(home, 'tmp-'));
  const paper = join(home, 'paper');
  mkdirSync(paper);
  const printer = await startVirtualPrinter({ port: 0, dir: paper, widthDots: 576 });
  const settings = { ...enrolled.settings, printers: [{ id: 'receipts', name: 'Máy in', connection: { type: 'tcp', host: '127.0.0.1', port: printer.port } }] };
  const open = () => openCounter({ userData, settings, cwd: crashed, env: { TMPDIR: temporary, QMC_LOG: 'console' } });
  const printed: string[] = [];
  const crashed = join(home, 'crashed');
  mkdirSync(crashed);
  const cores: string[] = [];
  const systemTemporary = new Set(filesAt(tmpdir()).filter((file) => /chrom|electron|qmc-(?!faults|e2e|province|postgres)/iu.test(file)));

  try {
    let counter = await open();
    for (const person of [0, 1, 2]) await takeIn(counter.page, person);
    await leaveDraft(counter.page, 3);
    await noteAll(counter.page);
    await search(counter.page, searched[0] as string);
    await expect.poll(() => printer.papers().length, { timeout: 20_000 }).toBeGreaterThanOrEqual(3);
    // One that is still to be printed, and a ticket, are on their way when the power goes.
    printer.setFault({ paperOut: true });
    const code = await takeIn(counter.page, 4);
    await killTree(counter);
    printed.push(counter.output());

    counter = await open();
    await search(counter.page, names[4]?.split(' ')[2] as string);
    await counter.page.getByRole('option').filter({ hasText: code }).click();
    await counter.page
      .getByRole('button', { name: /^Xem \d+ bản quét$/u })
      .first()
      .click();
    await counter.page.getByRole('dialog').locator('img').waitFor();
    await counter.page.keyboard.press('Escape');
    // A page that dies leaves a crash dump, if anything does.
    await leaveDraft(counter.page, 5);
    await counter.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer());
    await counter.app.evaluate(() => new Promise((resolve) => setTimeout(resolve, 1500)));
    await killTree(counter);
    printed.push(counter.output());

    cores.push(...(await crashForReal(open, printed, crashed)));

    counter = await open();
    await search(counter.page, searched[1] as string);
    for (const { draftId } of await counter.page.evaluate(() => window.counter.invoke('drafts:list'))) {
      await counter.page.evaluate((gone) => window.counter.invoke('drafts:delete', { draftId: gone }), draftId);
    }
    await counter.close();
    printed.push(counter.output());
  } finally {
    await printer.stop();
  }

  const said = join(home, 'said.txt');
  writeFileSync(said, printed.join('\n'));
  const newTemporary = filesAt(tmpdir()).filter(
    (file) => /chrom|electron|qmc-(?!faults|e2e|province|postgres)/iu.test(file) && !systemTemporary.has(file) && !file.startsWith(home),
  );
  const places = [userData, temporary, crashed, said, ...newTemporary];
  const hits = findInFiles(places, [...marks, ...folded]);
  const files = places.flatMap(filesAt);
  console.log(`canaries: ${canaries.length} in ${files.length} files, ${cores.length} core dumps of a crash among them, ${hits.length} hits`);
  record({ proof: 'canaries', rounds: 1, losses: hits.length, seed: SEED });
  // Where words could stand, were looked at: what Chromium keeps, what waits to be printed, what the shell wrote down.
  for (const place of ['Local Storage', 'Session Storage', 'IndexedDB', 'Cache', 'Preferences', 'Network', 'print', 'scans', 'journal', 'logs'])
    expect(
      files.some((file) => file.startsWith(join(userData, place))),
      `${place} in ${readdirSync(userData).join(', ')}`,
    ).toBe(true);
  expect(files.filter((file) => file.endsWith('.dmp'))).toEqual([]);
  // The search finds what is there: the same words in a file that holds them.
  const proof = join(home, 'proof.bin');
  writeFileSync(proof, Buffer.concat([Buffer.alloc(9 * 2 ** 20), Buffer.from(marks.join('|'), 'utf16le')]));
  expect(new Set(findInFiles([proof], marks).map((hit) => hit.word)).size).toBe(new Set(marks).size);
  expect(hits.map((hit) => `${hit.word} (${hit.form}) in ${hit.file.replace(home, '')} at ${hit.offset}`)).toEqual([]);
});

const DAYS = 3;

test('nor once the province has confirmed it and it has left the device', async ({ home }) => {
  test.setTimeout(Math.max(test.info().timeout, 360_000));
  const userData = join(home, 'data');
  mkdirSync(userData);
  const province = await startProvince({ officeId: OFFICE.id, agencyCode: OFFICE.agencyCode });
  try {
    const settings = {
      ...officeSettings({ provinceUrl: province.url, enrolmentCode: province.code }),
      retention: { scanDays: 0, dossierDays: 0, backupDays: 1 },
    };
    let counter = await openCounter({ userData, settings });
    await counter.page.waitForFunction(async () => (await window.counter.invoke('sync:state')).numbers !== null, undefined, { timeout: 60_000 });
    for (const person of [0, 1]) await takeIn(counter.page, person);
    const scans = () => filesAt(join(userData, 'scans')).filter((file) => file.endsWith('.scan'));
    // They come in one log, and have files of their own a little later.
    await expect.poll(() => scans().length, { timeout: 60_000 }).toBe(4);
    const waiting = () => counter.page.evaluate(() => window.counter.invoke('sync:state'));
    await expect.poll(async () => [(await waiting()).waitingEntries, (await waiting()).waitingScans], { timeout: 40_000 }).toEqual([0, 0]);
    // The day of it is noted once a minute, where it was remembered before which scans the drafts let go.
    const memory = filesAt(join(userData, 'journal')).find((file) => file.endsWith('retention.sealed')) ?? 'no retention.sealed';
    const writtenMs = () => statSync(memory).mtimeMs;
    const before = writtenMs();
    await expect.poll(writtenMs, { timeout: 90_000 }).toBeGreaterThan(before);

    // Scans that were put since a start may be built on until the next one.
    await counter.close();
    await province.restart(DAYS * DAY_MS);
    counter = await openCounter({ userData, settings });
    await expect.poll(() => scans().length, { timeout: 150_000 }).toBe(0);
    await expect
      .poll(() => counter.page.evaluate(async () => (await window.counter.invoke('storage:purged')).scans.length), { message: 'the page has dropped its own' })
      .toBe(0);
    await killTree(counter);
  } finally {
    await province.stop();
  }
  const hits = findInFiles([userData], [...marks, ...folded]);
  console.log(`canaries: ${DAYS} days after confirmation, in ${filesAt(userData).length} files, ${hits.length} hits`);
  record({ proof: 'canaries', rounds: 1, losses: hits.length, seed: SEED });
  expect(hits.map((hit) => `${hit.word} (${hit.form}) in ${hit.file.replace(home, '')} at ${hit.offset}`)).toEqual([]);
});

/** A page and then the shell crash as from a bug in Chromium, with core dumps switched on; resolves with the dumps. */
async function crashForReal(open: () => Promise<Counter>, printed: string[], folder: string): Promise<string[]> {
  if (process.platform !== 'linux' || readFileSync('/proc/sys/kernel/core_pattern', 'utf8').trim() !== 'core') {
    console.log('canaries: core dumps go elsewhere on this machine and were not looked at');
    return [];
  }
  const dumps = (): string[] => filesAt(folder);
  for (const what of ['page', 'shell'] as const) {
    const counter = await open();
    await leaveDraft(counter.page, 6);
    const pids = await counter.app.evaluate(({ BrowserWindow }) => ({
      shell: process.pid,
      page:
        BrowserWindow.getAllWindows()
          .find((window) => window.webContents.getURL().startsWith('app://app/index.html'))
          ?.webContents.getOSProcessId() ?? 0,
    }));
    const before = dumps().length;
    execFileSync('prlimit', ['--pid', String(pids[what]), '--core=unlimited:unlimited']);
    process.kill(pids[what], 'SIGSEGV');
    await expect.poll(() => dumps().length, { message: `the ${what} crashed and Linux wrote a core dump`, timeout: 20_000 }).toBeGreaterThan(before);
    await counter.kill9();
    for (const dump of dumps().filter((file) => /core(\.\d+)?$/u.test(file))) renameSync(dump, join(folder, `dump-of-${what}`));
    printed.push(counter.output());
  }
  return dumps();
}
