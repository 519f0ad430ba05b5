/** The window that shows every paper of the counter with sample data. */
import { BrowserWindow } from 'electron';
import type { OfficeHeading } from '../../shared/printing/heading.ts';
import type { PaperLanguage } from '../../shared/printing/medium.ts';
import type { Paper } from '../../shared/printing/paper.ts';

export type PreviewWindow = {
  show(preview: { heading: OfficeHeading; language: PaperLanguage; own: readonly Paper[] }): Promise<void>;
  close(): void;
};

/** `load`: `app://app/paper.html#preview`. */
export function createPreviewWindow({ load, title }: { load(window: BrowserWindow): Promise<void>; title: string }): PreviewWindow {
  let window: BrowserWindow | null = null;
  return {
    async show(preview) {
      if (window === null || window.isDestroyed()) {
        window = new BrowserWindow({
          width: 1280,
          height: 900,
          title,
          autoHideMenuBar: true,
          backgroundColor: '#dfe3e8',
          webPreferences: { sandbox: true, contextIsolation: true, nodeIntegration: false, spellcheck: false },
        });
        window.setMenu(null);
        window.webContents.setWindowOpenHandler(() => ({ action: 'deny' }));
        window.webContents.on('will-navigate', (event) => event.preventDefault());
        await load(window);
      }
      window.show();
      window.focus();
      await window.webContents.executeJavaScript(`window.showPreview(${JSON.stringify(JSON.stringify(preview))})`);
    },
    close() {
      if (window !== null && !window.isDestroyed()) window.destroy();
      window = null;
    },
  };
}
