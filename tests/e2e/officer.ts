/** What an officer does at the screen, with keyboard and mouse; nothing here goes around the screen. */
import { expect, type Locator, type Page } from '@playwright/test';

/** `value` for a text field, the option's words for a choice. The key is the path in the form's data. */
export type FormAnswers = Record<string, string>;

export type IntakeScript = {
  /** What is typed to find it, and the name to choose. */
  procedure: { search: string; name: string };
  /** Radio or check cards of the first section, by their words. */
  choices?: string[];
  /** The text on the QR of the identity card. */
  card: string;
  phone?: string;
  form: FormAnswers;
  /** Requirement id → the files to attach. */
  papers: Record<string, Array<{ name: string; mimeType: string; buffer: Buffer }>>;
  /** Names of papers handed in without a scan. */
  handedIn?: string[];
};

const SCANNER_REACH_MS = 300;

type WorldLine = 'province' | 'printer' | 'numbers';

export type Officer = ReturnType<typeof officerAt>;

export function officerAt(page: Page) {
  const field = (path: string): Locator => page.locator(`#form_${path.replaceAll('.', '_')}`);

  /**
   * As a keyboard-wedge scanner types: every key at once, Enter at the end. Not key by key through Playwright, which
   * waits for each: on a busy machine that is as slow as a person, and rightly taken for one.
   */
  async function scanCard(text: string): Promise<void> {
    // No hand gets from the keyboard to the scanner faster; keys closer together than this are one burst.
    await page.waitForTimeout(SCANNER_REACH_MS);
    const scanner = await page.context().newCDPSession(page);
    const press = (key: string, typed: string) => [
      scanner.send('Input.dispatchKeyEvent', { type: 'keyDown', key, text: typed }),
      scanner.send('Input.dispatchKeyEvent', { type: 'keyUp', key }),
    ];
    await Promise.all([...Array.from(text).flatMap((character) => press(character, character)), ...press('Enter', '\r')]);
    await scanner.detach();
  }

  /** A scanner that sends letters it has no key for as text, with no key before it. */
  async function scanCardAsText(text: string): Promise<void> {
    await page.waitForTimeout(SCANNER_REACH_MS);
    await page.keyboard.type(text);
    await page.keyboard.press('Enter');
  }

  async function answer(path: string, value: string): Promise<void> {
    const control = field(path);
    await expect(control).toBeVisible();
    const isTyped = await control.evaluate((element) => element.matches('input, textarea'));
    if (isTyped) {
      await control.fill(value);
      await control.blur();
      return;
    }
    const radio = control.getByText(value, { exact: true });
    if ((await control.getByRole('radiogroup').count()) > 0) return void (await radio.click());
    await control.getByRole('button').click();
    await page.getByRole('option', { name: value, exact: true }).click();
  }

  return {
    page,
    scanCard,
    scanCardAsText,
    answer,
    async isReady(): Promise<void> {
      await expect(page.getByRole('navigation')).toBeVisible({ timeout: 30_000 });
      // Keys are bound just after the first paint, sooner than any hand but not than a script.
      await page.evaluate(() => new Promise<void>((done) => requestIdleCallback(() => done(), { timeout: 2_000 })));
    },
    /** One line of the state of the world, top right. */
    sees: (what: WorldLine, words: string | RegExp): Promise<void> => expect(page.getByTestId(`world-${what}`)).toContainText(words, { timeout: 60_000 }),
    /** Opens the panel of one line, does something in it, closes it. */
    async inPanel(what: WorldLine, act: (panel: Locator) => Promise<void>): Promise<void> {
      await page.getByTestId(`world-${what}`).click();
      const panel = page.getByRole('dialog');
      await act(panel);
      // What had the focus may be gone with what was done.
      await panel.focus();
      await page.keyboard.press('Escape');
      await expect(panel).toBeHidden();
    },
    /** Does not wait for the next try of the sync. */
    sendNow(): Promise<void> {
      return this.inPanel('province', (panel) => panel.getByRole('button', { name: 'Gửi ngay' }).click());
    },
    applicant: (name: string): Locator => page.locator(`#intake-applicant-${name}`),
    /** A paper of the checklist, with its pages and what is wrong with it. */
    paper: (requirementId: string): Locator => page.locator(`[data-paper="${requirementId}"]`),
    pages: (requirementId: string): Locator => page.locator(`[data-paper="${requirementId}"] ol > li`),
    async openDossier(code: string): Promise<Locator> {
      await page.keyboard.press('F3');
      await page.getByRole('searchbox', { name: 'Tìm hồ sơ' }).fill(code);
      await page.getByRole('option', { name: code }).click();
      const pane = page.getByRole('article', { name: code });
      await expect(pane).toBeVisible();
      return pane;
    },
    async issueTicket(group: string): Promise<string> {
      await page.keyboard.press('F6');
      await page.getByRole('dialog').getByText(group).click();
      await page.keyboard.press('F9');
      const number = await page.getByTestId('issued-number').innerText();
      await page.keyboard.press('Enter');
      await expect(page.getByRole('dialog')).toBeHidden();
      return number.trim();
    },
    callNext: () => page.keyboard.press('F4'),
    async startIntake(): Promise<void> {
      await page.keyboard.press('F2');
      await expect(page.getByRole('combobox', { name: 'Tìm thủ tục' })).toBeVisible();
    },
    /** Focus on nothing, as between two tasks. */
    leaveField: (): Promise<void> => page.locator('main').getByRole('heading', { level: 1 }).click(),
    async chooseProcedure({ search, name }: IntakeScript['procedure']): Promise<void> {
      const box = page.getByRole('combobox', { name: 'Tìm thủ tục' });
      // Another counter's window on the same screen may take the focus, which closes the list.
      await expect(async () => {
        await box.fill('');
        await box.fill(search);
        await page.getByRole('option', { name }).first().click({ timeout: 5_000 });
        await expect(box).toHaveValue(name, { timeout: 2_000 });
      }).toPass({ timeout: 30_000 });
    },
    choose: (words: string) => page.locator('main label').filter({ hasText: words }).first().click(),
    async attach(requirementId: string, files: IntakeScript['papers'][string]): Promise<void> {
      const pages = page.locator(`[data-paper="${requirementId}"] ol > li`);
      const before = await pages.count();
      await page.getByTestId(`attach-${requirementId}`).setInputFiles(files);
      await expect(pages).toHaveCount(before + files.length, { timeout: 20_000 });
    },
    async handIn(name: string): Promise<void> {
      const box = page.getByRole('checkbox', { name });
      if (!(await box.isChecked())) await page.getByText(name, { exact: true }).first().click();
    },
    /** Everything up to, and without, accepting. */
    async fillIn(script: IntakeScript): Promise<void> {
      await this.chooseProcedure(script.procedure);
      for (const words of script.choices ?? []) await this.choose(words);
      await this.leaveField();
      await scanCard(script.card);
      if (script.phone !== undefined) {
        const phone = page.locator('#intake-applicant-phone');
        await phone.fill(script.phone);
        await phone.blur();
      }
      for (const [path, value] of Object.entries(script.form)) await answer(path, value);
      for (const [requirementId, files] of Object.entries(script.papers)) await this.attach(requirementId, files);
      for (const name of script.handedIn ?? []) await this.handIn(name);
    },
    /** F9; resolves with the dossier's code once the screen says that it is saved. */
    async accept(): Promise<string> {
      await page.keyboard.press('F9');
      await expect(page.getByTestId('accepted')).toContainText('Đã lưu', { timeout: 20_000 });
      return (await page.getByTestId('dossier-code').innerText()).trim();
    },
  };
}
