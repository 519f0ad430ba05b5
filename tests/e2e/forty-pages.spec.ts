/** A dossier of forty pages: they come in, are drawn and bound into one PDF while the officer types on; what that takes of the machine. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { certifiedCopy } from '../fixtures/intakes.ts';
import { officeSettings } from '../fixtures/settings.ts';
import { stackOfPages } from '../fixtures/stack-of-pages.ts';
import { watchMemory } from './memory.ts';
import { officerAt, type Officer } from './officer.ts';
import { expect, test } from './test.ts';

const PAPER = 'original-paper';
/** All processes of the program together, over what they took with the intake open and empty. */
const MOST_MB = 500;
/** Of the page's own thread. By itself it is far less (it is printed); this holds on a machine that does other things as well. */
const LONGEST_BLOCK_MS = 500;

let folder: string;
test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'qmc-stack-'));
});
test.afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs in the page: how long its thread was busy at a stretch; shorter than 50 ms is not counted. */
function watchThread(): void {
  const blocks: number[] = [];
  Object.assign(window, { blocks });
  new PerformanceObserver((list) => blocks.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: 'longtask' });
}
const longestBlockMs = ({ page }: Officer): Promise<number> => page.evaluate(() => Math.max(0, ...(window as unknown as { blocks: number[] }).blocks));

/** As an officer who does not wait for the work; every letter has to be there. Resolves with how many. */
async function typeMeanwhile({ page, applicant }: Officer, work: Promise<unknown>): Promise<number> {
  let isDone = false;
  const ended = work.finally(() => (isDone = true));
  const field = applicant('residence');
  await field.fill('');
  await field.focus();
  let typed = '';
  while (!isDone) {
    const word = typed.length % 3 === 0 ? 'thon ' : 'xa ';
    await page.keyboard.type(word, { delay: 20 });
    typed += word;
  }
  await ended;
  await expect(field).toHaveValue(typed);
  return typed.length;
}

test('forty pages at 300 dpi take less than 500 MB, and no key waits for them', async ({ launchCounter }) => {
  const files = await stackOfPages(folder, { coloured: 30, blackAndWhite: 10 });
  const { app, page } = await launchCounter({ settings: officeSettings({ provinceUrl: 'http://127.0.0.1:9' }) });
  const officer = officerAt(page);
  await officer.isReady();
  await officer.startIntake();
  await officer.chooseProcedure(certifiedCopy.procedure);
  await page.evaluate(watchThread);
  const memory = watchMemory(app.process().pid!);
  const before = memory.most();

  const arrival = page
    .getByTestId(`attach-${PAPER}`)
    .setInputFiles(files)
    .then(() => expect(officer.pages(PAPER).locator('img')).toHaveCount(files.length, { timeout: 60_000 }));
  const keys = await typeMeanwhile(officer, arrival);
  const comingIn = { mb: memory.most() - before, blockMs: await longestBlockMs(officer) };

  // Pressed before anything is typed: a press that comes between two keys takes the keyboard with it.
  await officer
    .paper(PAPER)
    .getByRole('button', { name: `Gộp ${files.length} bản quét thành một PDF` })
    .click();
  const more = await typeMeanwhile(officer, expect(officer.pages(PAPER).locator('img')).toHaveCount(1, { timeout: 60_000 }));
  await expect(officer.pages(PAPER)).toContainText(`PDF ${files.length} trang`);
  memory.stop();

  const [mb, blockMs] = [memory.most() - before, await longestBlockMs(officer)];
  console.log(
    `forty pages over ${Math.round(before)} MB: coming in ${Math.round(comingIn.mb)} MB, longest block ${Math.round(comingIn.blockMs)} ms, ${keys} keys; ` +
      `with binding ${Math.round(mb)} MB, ${Math.round(blockMs)} ms, ${more} keys`,
  );
  expect(mb).toBeLessThan(MOST_MB);
  expect(blockMs).toBeLessThan(LONGEST_BLOCK_MS);
});
