/** When the page dies, the officer is told and finds the same place; what was saved and typed is there. */
import { join } from 'node:path';
import { certifiedCopy } from '../fixtures/intakes.ts';
import { officeSettings } from '../fixtures/settings.ts';
import { runToEnd } from './app.ts';
import { officerAt } from './officer.ts';
import { expect, test } from './test.ts';

test('a page that dies comes back to the intake it was in', async ({ launchCounter }) => {
  const { app, page } = await launchCounter({ settings: officeSettings({ provinceUrl: 'http://127.0.0.1:9' }) });
  const officer = officerAt(page);
  await officer.isReady();
  await officer.startIntake();
  await officer.chooseProcedure(certifiedCopy.procedure);
  await officer.scanCard(certifiedCopy.card);
  await expect(page.locator('#intake-applicant-fullName')).toHaveValue('Đỗ Hoàng Yến');
  await expect(page.getByText(/^Đã lưu nháp/u)).toBeVisible();

  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer());
  // Playwright's page ends with its process; the window goes on, so it is asked through the shell.
  const inWindow = (expression: string): Promise<unknown> =>
    app.evaluate(
      ({ BrowserWindow }, code) =>
        Promise.race([
          BrowserWindow.getAllWindows()[0]
            ?.webContents.executeJavaScript(code)
            .catch(() => undefined),
          // A page that dies with the question on its way never answers it: it is asked anew.
          new Promise((resolve) => setTimeout(resolve, 1_000)),
        ]),
      expression,
    );
  await expect.poll(() => inWindow('document.body.innerText'), { timeout: 20_000 }).toContain('Màn hình vừa gặp lỗi');
  await expect.poll(() => inWindow('document.querySelector("#intake-applicant-fullName")?.value'), { timeout: 20_000 }).toBe('Đỗ Hoàng Yến');
});

// Before anybody watches it, while it is compiled, and when it asks the shell.
for (const afterMs of [0, 100, 250]) {
  test(`a page that dies ${afterMs} ms after it began is loaded again`, async () => {
    const { code, said } = await runToEnd({
      settings: officeSettings({ provinceUrl: 'http://127.0.0.1:9' }),
      switches: ['-r', join(import.meta.dirname, '../fixtures/dying-page.cjs')],
      env: { QMC_LOG: 'console', QMC_PAGE_DIES_MS: String(afterMs), QMC_PAGE_SHOWS: 'Quầy 1' },
    });
    expect({ code, said }).toMatchObject({ code: 0 });
  });
}
