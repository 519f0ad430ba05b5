/** A screen of the office's devices, looked at by axe; with `QMC_PICTURES` also kept as a picture. */
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

export async function isClean(page: Page, name: string): Promise<void> {
  const folder = process.env['QMC_PICTURES'];
  if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}.png` });
  // Without it axe opens a window of its own, which the app forbids.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  expect
    .soft(
      violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`)),
      name,
    )
    .toEqual([]);
}
