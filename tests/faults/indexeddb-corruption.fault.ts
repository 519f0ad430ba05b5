/**
 * The browser's database damaged in every way files get damaged, each opened twice, because a damage may strike only at the
 * second opening. Whatever happened to it, all is there afterwards: what cannot be opened is made anew from the journal. It is never silently empty.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { HEAD_FILE } from '../../electron/journal/signed-head.ts';
import { launchCounter } from '../e2e/app.ts';
import { officerAt } from '../e2e/officer.ts';
import { certifiedCopy } from '../fixtures/intakes.ts';
import { pngPage } from '../fixtures/scans.ts';
import { expect, openCounter, test, type EnrolledCounter } from './fault-test.ts';
import { once } from './once.ts';
import { isLong } from './seed.ts';
import { findLosses, newLedger, work, type Ledger } from './work.ts';

/** Of the dossier that an officer took in at the screen. */
type Witness = { code: string; pictures: string[]; draftName: string };
type Before = { folder: string; ledger: Ledger; witness: Witness };

const isRoot = process.getuid?.() === 0;

const databaseOf = (userData: string): string => join(userData, 'IndexedDB', 'app_app_0.indexeddb.leveldb');
const blobsOf = (userData: string): string => join(userData, 'IndexedDB', 'app_app_0.indexeddb.blob');

function filesBelow(folder: string, pattern: RegExp): string[] {
  const found = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => pattern.test(name) && statSync(join(folder, name)).isFile());
  if (found.length === 0) throw new Error(`nothing like ${pattern} in ${folder}: ${readdirSync(folder, { recursive: true }).join(', ')}`);
  return found.sort().map((name) => join(folder, name));
}
const largest = (files: string[]): string => [...files].sort((a, b) => statSync(b).size - statSync(a).size)[0] as string;
const log = (userData: string): string => largest(filesBelow(databaseOf(userData), /\.log$/u));
const tables = (userData: string): string[] => filesBelow(databaseOf(userData), /\.ldb$/u);
const manifest = (userData: string): string => largest(filesBelow(databaseOf(userData), /^MANIFEST-/u));
const blobs = (userData: string): string[] => filesBelow(blobsOf(userData), /./u);
const current = (userData: string): string => join(databaseOf(userData), 'CURRENT');

function flip(file: string, at = 0.5): void {
  const bytes = readFileSync(file);
  const offset = Math.floor((bytes.length - 1) * at);
  bytes[offset] = (bytes[offset] ?? 0) ^ 0x10;
  writeFileSync(file, bytes);
}
const cut = (file: string, keep: (size: number) => number): void => truncateSync(file, keep(statSync(file).size));

const corruptions: Record<string, (userData: string, before: Before) => void> = {
  '64 zero bytes after the log': (userData) => writeFileSync(log(userData), Buffer.alloc(64), { flag: 'a' }),
  'log cut in half': (userData) => cut(log(userData), (size) => Math.floor(size / 2)),
  'log short of its last 7 bytes': (userData) => cut(log(userData), (size) => size - 7),
  'log deleted': (userData) => rmSync(log(userData)),
  'a bit flipped in the log': (userData) => flip(log(userData)),
  'CURRENT emptied': (userData) => writeFileSync(current(userData), ''),
  'CURRENT deleted': (userData) => rmSync(current(userData)),
  'CURRENT names a file that is not there': (userData) => writeFileSync(current(userData), 'MANIFEST-999999\n'),
  'a bit flipped in MANIFEST': (userData) => flip(manifest(userData)),
  'MANIFEST deleted': (userData) => rmSync(manifest(userData)),
  'MANIFEST cut in half': (userData) => cut(manifest(userData), (size) => Math.floor(size / 2)),
  'a bit flipped in every table': (userData) => tables(userData).forEach((file) => flip(file)),
  'a bit flipped at the start of every table': (userData) => tables(userData).forEach((file) => flip(file, 0.02)),
  'the largest table deleted': (userData) => rmSync(largest(tables(userData))),
  'every table deleted': (userData) => tables(userData).forEach((file) => rmSync(file)),
  'the largest table cut in half': (userData) => cut(largest(tables(userData)), (size) => Math.floor(size / 2)),
  'every table emptied': (userData) => tables(userData).forEach((file) => truncateSync(file, 0)),
  'a blob missing': (userData) => rmSync(blobs(userData)[0] as string),
  'a bit flipped in every blob': (userData) => blobs(userData).forEach((file) => flip(file)),
  'every blob cut in half': (userData) => blobs(userData).forEach((file) => cut(file, (size) => Math.floor(size / 2))),
  'all blobs gone': (userData) => rmSync(blobsOf(userData), { recursive: true }),
  'the database deleted': (userData) => rmSync(databaseOf(userData), { recursive: true }),
  'all of IndexedDB deleted': (userData) => rmSync(join(userData, 'IndexedDB'), { recursive: true }),
  'IndexedDB is a file': (userData) => {
    rmSync(join(userData, 'IndexedDB'), { recursive: true });
    writeFileSync(join(userData, 'IndexedDB'), 'not a folder');
  },
  'LOCK is a folder': (userData) => {
    rmSync(join(databaseOf(userData), 'LOCK'), { force: true });
    mkdirSync(join(databaseOf(userData), 'LOCK'));
  },
  'the database may not be written': (userData) => {
    // Root writes whatever the permissions say, but not what is immutable.
    if (isRoot) execFileSync('chattr', ['-R', '+i', databaseOf(userData)]);
    else chmodSync(databaseOf(userData), 0o500);
  },
  'an older copy of the database put back': (userData, { folder }) => {
    rmSync(join(userData, 'IndexedDB'), { recursive: true });
    cpSync(join(folder, 'older'), join(userData, 'IndexedDB'), { recursive: true });
  },
  'a table with the bytes of an older one': (userData, { folder }) => {
    const older = largest(filesBelow(join(folder, 'older'), /\.(ldb|log)$/u));
    cpSync(older, largest(tables(userData)));
  },
};

/** A counter after two days of work: dossiers by the bridge, one by an officer with scans, a draft; opened and closed twice. */
async function dayOfWork(folder: string, enrolled: EnrolledCounter): Promise<void> {
  const userData = enrolled.copyTo(join(folder, 'data'));
  const ledger = newLedger();
  const open = () => openCounter({ userData, settings: enrolled.settings });

  const first = await open();
  // As much as LevelDB keeps in its log before it writes a table.
  await work(first.page, ledger, { dossiers: 240, lanes: 4, maxScanKb: 2, formKb: 45 });
  const officer = officerAt(first.page);
  const page = (at: number) => ({ name: `trang-${at}.png`, mimeType: 'image/png', buffer: pngPage(at, { width: 900, height: 1270 }) });
  await officer.startIntake();
  await officer.fillIn({ ...certifiedCopy, papers: { 'original-paper': [page(1)], copies: [page(2)] } });
  const code = await officer.accept();
  await first.close();
  cpSync(join(userData, 'IndexedDB'), join(folder, 'older'), { recursive: true });

  // Opening makes tables of yesterday's log.
  const second = await open();
  await work(second.page, ledger, { dossiers: 12, maxScanKb: 40 });
  await officerAt(second.page).startIntake();
  await officerAt(second.page).chooseProcedure({ search: 'hoa giai tranh chap dat dai', name: 'Hòa giải tranh chấp đất đai' });
  const draftName = 'Bế Thị Đang Làm Dở';
  await second.page.locator('#intake-applicant-fullName').fill(draftName);
  await second.page.locator('#intake-applicant-phone').fill('0912000222');
  await expect(async () =>
    expect((await second.page.evaluate(() => window.counter.invoke('drafts:list'))).map(({ applicant }) => applicant['fullName'])).toContain(draftName),
  ).toPass();
  const pictures = await picturesOf(second.page, code);
  await second.close();
  const scans = {
    ...ledger,
    dossiers: [...ledger.dossiers],
    scans: [...ledger.scans],
    drafts: [...ledger.drafts],
    accepting: [...ledger.accepting],
    tickets: [...ledger.tickets],
  };
  writeFileSync(join(folder, 'before.json'), JSON.stringify({ ledger: scans, witness: { code, pictures, draftName } }));
}

function readBefore(folder: string): Before {
  const { ledger, witness } = JSON.parse(readFileSync(join(folder, 'before.json'), 'utf8'));
  const maps = { dossiers: new Map(ledger.dossiers), drafts: new Map(ledger.drafts), accepting: new Map(ledger.accepting), tickets: new Map(ledger.tickets) };
  return { folder, witness, ledger: { ...newLedger(), ...maps, scans: new Set(ledger.scans) } as Ledger };
}

/** What an officer sees of a dossier's scans: a digest of the pixels, or the words that stand there instead. */
async function picturesOf(page: Page, code: string): Promise<string[]> {
  await find(page, code);
  await page.getByRole('option').filter({ hasText: code }).click();
  const seen: string[] = [];
  const buttons = page.getByRole('button', { name: /^Xem \d+ bản quét$/u });
  await expect(buttons).toHaveCount(2);
  for (const button of await buttons.all()) {
    await button.click();
    const dialog = page.getByRole('dialog');
    const shown = dialog.locator('img').or(dialog.getByRole('alert'));
    await shown.first().waitFor();
    seen.push(
      await shown.first().evaluate(async (element) => {
        if (!(element instanceof HTMLImageElement)) return `said: ${element.textContent ?? ''}`;
        await element.decode();
        const canvas = new OffscreenCanvas(element.naturalWidth, element.naturalHeight);
        const context = canvas.getContext('2d');
        context?.drawImage(element, 0, 0);
        const pixels = context?.getImageData(0, 0, canvas.width, canvas.height).data ?? new Uint8ClampedArray();
        const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', pixels));
        return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
      }),
    );
    await page.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
  }
  return seen;
}

async function find(page: Page, text: string): Promise<void> {
  await page.keyboard.press('F3');
  const box = page.getByRole('searchbox', { name: 'Tìm hồ sơ' });
  await box.fill(text);
  await expect(page.getByRole('option').filter({ hasText: text })).toHaveCount(1);
}

/** All an officer can see: every dossier by its code, the draft, the scans. */
async function lookAtScreens(page: Page, { ledger, witness }: Before): Promise<string[]> {
  const wrong: string[] = [];
  for (const { code } of [...ledger.dossiers.values()].filter((_, at) => at % 40 === 0))
    await find(page, code).catch(() => wrong.push(`${code} is not found on the screen`));
  const pictures = await picturesOf(page, witness.code).catch((error: unknown) => [`not shown: ${String(error).slice(0, 300)}`]);
  if (JSON.stringify(pictures) !== JSON.stringify(witness.pictures)) wrong.push(`scans look different: ${pictures.join(' / ')}`);
  const drafts = await page.evaluate(() => window.counter.invoke('drafts:list'));
  if (!drafts.some(({ applicant }) => applicant['fullName'] === witness.draftName)) wrong.push('the open draft is gone');
  return wrong;
}

/** A long run breaks all; a short one leaves out those that are like another. */
const likeAnother = new Set([
  'log cut in half',
  'CURRENT deleted',
  'CURRENT names a file that is not there',
  'MANIFEST cut in half',
  'a bit flipped at the start of every table',
  'the largest table deleted',
  'the largest table cut in half',
  'every table emptied',
  'every blob cut in half',
  'all blobs gone',
  'the database deleted',
  'LOCK is a folder',
]);

for (const [name, corrupt] of Object.entries(corruptions).filter(([each]) => isLong || !likeAnother.has(each))) {
  test(`IndexedDB: ${name}`, async ({ enrolled, home }) => {
    const before = readBefore(await once('day-of-work', (folder) => dayOfWork(folder, enrolled)));
    const userData = join(home, 'data');
    cpSync(join(before.folder, 'data'), userData, { recursive: true });
    corrupt(userData, before);
    try {
      for (const opening of ['first', 'second']) {
        // Throws when it stops with words: here a database can always be made anew.
        const counter = await openCounter({ userData, settings: enrolled.settings });
        const { page } = counter;
        const wrong = [...(await findLosses(page, before.ledger, { allScans: true })), ...(await lookAtScreens(page, before))];
        expect(wrong, `${opening} opening`).toEqual([]);
        await work(page, before.ledger, { dossiers: 2, lanes: 1, maxScanKb: 40 });
        expect([...before.ledger.refused]).toEqual([]);
        await counter.close();
      }
    } finally {
      if (isRoot) execFileSync('chattr', ['-R', '-i', userData]);
    }
  });
}

test('IndexedDB: unusable beside a damaged journal: an officer is asked first', async ({ enrolled, home }) => {
  const before = readBefore(await once('day-of-work', (folder) => dayOfWork(folder, enrolled)));
  const userData = join(home, 'data');
  cpSync(join(before.folder, 'data'), userData, { recursive: true });
  corruptions['LOCK is a folder']?.(userData, before);
  rmSync(join(userData, 'journal', HEAD_FILE));
  const counter = await launchCounter({ userData, settings: enrolled.settings, env: { QMC_LOG: 'console' } });
  const { page } = counter;
  try {
    await page.getByRole('alert').filter({ hasText: 'Chưa mở được dữ liệu' }).waitFor({ timeout: 60_000 });
    expect(existsSync(join(databaseOf(userData), 'LOCK'))).toBe(true);
    await page.getByRole('button', { name: 'Dựng lại dữ liệu từ nhật ký' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Dựng lại dữ liệu từ nhật ký' }).click();
    await page.getByRole('navigation').waitFor({ timeout: 60_000 });
    const wrong = [...(await findLosses(page, before.ledger, { allScans: true })), ...(await lookAtScreens(page, before))];
    expect(wrong).toEqual([]);
  } finally {
    await counter.kill9();
  }
});
