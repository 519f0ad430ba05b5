/** The packaged program, as `npm run dist` makes it: starts from its archive, shows its window and reaches its own province. */
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { certifiedCopy } from '../fixtures/intakes.ts';
import { officerAt } from './officer.ts';
import { expect, test } from './test.ts';

const repoRoot = resolve(import.meta.dirname, '../..');
const program = resolve(repoRoot, 'out/dist/linux-unpacked/quay-mot-cua');

test.beforeAll('pack what is built, unless it is packed already', async () => {
  test.setTimeout(180_000);
  await promisify(execFile)(process.execPath, ['build/dist.mjs', '--dir'], { cwd: repoRoot });
});

test('the packaged program takes in a dossier and its province confirms it', async ({ launchCounter }) => {
  const { app, page } = await launchCounter({ executablePath: program });
  const shell = await app.evaluate(({ app: shellApp }) => ({ isPackaged: shellApp.isPackaged, appPath: shellApp.getAppPath() }));
  expect(shell.isPackaged).toBe(true);
  expect(shell.appPath).toMatch(/linux-unpacked\/resources\/app\.asar$/);
  expect(page.url()).toMatch(/^app:\/\/app\//);
  await expect(page).toHaveTitle(/Quầy Một Cửa/);
  // Its demo office runs the province and PostgreSQL from inside the package.
  await expect(page.getByText('Đã nối')).toBeVisible({ timeout: 30_000 });

  const officer = officerAt(page);
  await officer.startIntake();
  await officer.fillIn(certifiedCopy);
  expect(await officer.accept()).toMatch(/^H99\.01-\d{6}-\d{4}$/);
  await expect(page.getByTestId('accepted')).toContainText('đã in', { timeout: 30_000 });
  await page.keyboard.press('F3');
  await expect(page.getByText('Tỉnh đã xác nhận').first()).toBeVisible({ timeout: 60_000 });
});
