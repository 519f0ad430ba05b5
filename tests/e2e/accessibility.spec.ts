/** What a screen reader and weak eyes need, checked by axe-core on every main screen: nothing serious may be wrong. */
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { birth, withOwnScans } from '../fixtures/intakes.ts';
import { expect, test } from './office.ts';

/** Each violation in one line: rule, what is wrong, where. */
async function seriousViolations(page: Page): Promise<string[]> {
  // Without it axe opens a window of its own, which the app forbids.
  const { violations, passes } = await new AxeBuilder({ page }).setLegacyMode(true).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']).analyze();
  expect(passes.length, 'rules that found something to check').toBeGreaterThan(5);
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} — ${failureSummary?.replaceAll('\n', ' ')}`));
}

test('the officer’s screens', async ({ office }) => {
  const { officer } = await office.open();
  const { page } = officer;
  const isClean = (name: string) => test.step(name, async () => expect.soft(await seriousViolations(page), name).toEqual([]));

  await officer.sees('province', 'Đã nối');
  await officer.issueTicket('Hộ tịch');
  await isClean('queue');
  await page.keyboard.press('F6');
  await expect(page.getByRole('dialog')).toBeVisible();
  await isClean('issue a ticket');
  await page.keyboard.press('Escape');

  await officer.callNext();
  await officer.startIntake();
  await officer.leaveField();
  await isClean('empty intake');
  await officer.chooseProcedure(birth.procedure);
  await officer.leaveField();
  await page.keyboard.press('F9');
  await expect(page.getByRole('alert').first()).toBeVisible();
  await isClean('intake with everything missing');
  await officer.fillIn(withOwnScans(birth, 81));
  await isClean('filled intake');
  const code = await officer.accept();
  await isClean('accepted');
  await officer.openDossier(code);
  await isClean('dossier');
  await officer.inPanel('province', () => isClean('province panel'));
  await officer.inPanel('printer', () => isClean('printer panel'));
  for (const place of ['outbox', 'today', 'catalogue', 'settings']) {
    await page.getByTestId(`rail-${place}`).click();
    await expect(page.getByTestId(`rail-${place}`)).toHaveAttribute('aria-current', 'page');
    await isClean(place);
  }
  await page.keyboard.press('F1');
  await expect(page.getByRole('dialog')).toBeVisible();
  await isClean('help');
});
