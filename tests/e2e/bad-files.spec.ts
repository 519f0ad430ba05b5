/** Files that are no scans: words at the paper they were meant for, and everything else as it was. */
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { certifiedCopy, withOwnScans } from '../fixtures/intakes.ts';
import { refusedFiles } from '../fixtures/bad-files.ts';
import { pngPage } from '../fixtures/scans.ts';
import { expect, test } from './office.ts';

const PAPER = 'original-paper';
const script = withOwnScans(certifiedCopy, 71);
const page = pngPage(7_150);

const refused = refusedFiles().map(({ says, ...file }) => ({ file, says }));

test('each bad file is named with what is wrong, and the good ones are kept', async ({ office }) => {
  const { officer } = await office.open();
  await officer.sees('province', 'Đã nối');
  await officer.startIntake();
  await officer.fillIn(script);
  const row = officer.paper(PAPER);
  await expect(officer.pages(PAPER)).toHaveCount(1);

  await officer.page.getByTestId(`attach-${PAPER}`).setInputFiles(refused.map(({ file }) => file));
  for (const { file, says } of refused) await expect(row.getByRole('alert').filter({ hasText: file.name })).toContainText(says);
  await expect(row.getByRole('alert')).toHaveCount(refused.length);
  await expect(officer.pages(PAPER), 'the page that was there stays').toHaveCount(1);
  await expect(officer.paper('copies').getByRole('alert')).toHaveCount(0);

  // What it is goes by its bytes: a PNG called .pdf is a page like any other, among bad ones too.
  const [first] = refused;
  if (first === undefined) throw new Error('no bad file');
  await officer.page.getByTestId(`attach-${PAPER}`).setInputFiles([first.file, { name: 'anh.pdf', mimeType: 'application/pdf', buffer: page }]);
  await expect(officer.pages(PAPER)).toHaveCount(2);
  await expect(officer.pages(PAPER).nth(1).locator('img')).toBeVisible();

  await row.getByRole('button', { name: /Đóng thông báo về ghi-chu.pdf/u }).click();
  await expect(row.getByRole('alert').filter({ hasText: 'ghi-chu.pdf' })).toHaveCount(0);

  const code = await officer.accept();
  await expect.poll(() => office.arrived(code), { timeout: 60_000 }).toEqual({ dossiers: 1, entries: 1, scans: 3, verified: 3 });
  const types = await office.province.query<{ media_type: string }>(
    'select s.media_type from dossier_scans s join dossiers d using (dossier_id) where d.code = $1 order by 1',
    [code],
  );
  expect(types.map(({ media_type }) => media_type)).toEqual(['application/pdf', 'image/png', 'image/png']);
});

test('a file of 300 MB is refused unread, and the screen goes on working', async ({ office }) => {
  const folder = await mkdtemp(join(tmpdir(), 'qmc-files-'));
  const path = join(folder, 'ban-ve.pdf');
  const file = await open(path, 'w');
  await file.write('%PDF-1.7\n');
  await file.truncate(300 * 1024 * 1024);
  await file.close();

  const { counter, officer } = await office.open();
  await officer.sees('province', 'Đã nối');
  await officer.startIntake();
  await officer.fillIn(script);
  const memory = () => counter.app.evaluate(({ app }) => app.getAppMetrics().reduce((sum, { memory: of }) => sum + of.workingSetSize, 0));
  const before = await memory();
  // The longest time without a frame shows whether anything held the screen.
  await officer.page.evaluate(() => {
    const seen = { last: performance.now(), longest: 0 };
    (globalThis as unknown as { frames: typeof seen }).frames = seen;
    const frame = () => {
      const now = performance.now();
      seen.longest = Math.max(seen.longest, now - seen.last);
      seen.last = now;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
  await officer.page.getByTestId(`attach-${PAPER}`).setInputFiles(path);
  await expect(officer.paper(PAPER).getByRole('alert')).toContainText('Tệp quá lớn (tối đa 50 MB)', { timeout: 3_000 });
  await officer.applicant('phone').fill('0987654321');
  const longest = await officer.page.evaluate(() => (globalThis as unknown as { frames: { longest: number } }).frames.longest);
  expect(longest).toBeLessThan(1_000);
  expect((await memory()) - before, 'kB more than before').toBeLessThan(150 * 1024);
  await expect(officer.pages(PAPER)).toHaveCount(1);
  await rm(folder, { recursive: true });
});
