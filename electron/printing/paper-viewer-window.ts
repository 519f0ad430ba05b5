/** The window that shows what the virtual printer printed, newest first. */
import { BrowserWindow } from 'electron';
import type { VirtualPaper } from './virtual/virtual-printer.ts';

export type PaperViewer = {
  /** Opens the window, or brings it to the front. */
  show(): Promise<void>;
  /** To be called when a paper came out; does nothing while the window is closed. */
  refresh(): void;
  close(): void;
};

export type PaperViewerOptions = {
  /** `app://app/paper.html#viewer`. */
  load(window: BrowserWindow): Promise<void>;
  papers(): readonly VirtualPaper[];
  title: string;
};

export function createPaperViewer(options: PaperViewerOptions): PaperViewer {
  let window: BrowserWindow | null = null;
  let isLoaded = false;

  const refresh = (): void => {
    if (window === null || window.isDestroyed() || !isLoaded) return;
    const list = JSON.stringify(JSON.stringify(options.papers()));
    // The window may close before the page answers.
    window.webContents.executeJavaScript(`window.showPapers(${list})`).catch(() => undefined);
  };

  return {
    async show() {
      if (window !== null && !window.isDestroyed()) {
        window.show();
        window.focus();
        refresh();
        return;
      }
      isLoaded = false;
      window = new BrowserWindow({
        width: 720,
        height: 900,
        title: options.title,
        autoHideMenuBar: true,
        backgroundColor: '#dfe3e8',
        webPreferences: { sandbox: true, contextIsolation: true, nodeIntegration: false, spellcheck: false },
      });
      window.setMenu(null);
      window.webContents.setWindowOpenHandler(() => ({ action: 'deny' }));
      window.webContents.on('will-navigate', (event) => event.preventDefault());
      window.on('closed', () => {
        window = null;
      });
      await options.load(window);
      isLoaded = true;
      refresh();
    },
    refresh,
    close() {
      if (window !== null && !window.isDestroyed()) window.destroy();
    },
  };
}
