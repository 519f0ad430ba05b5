/** Takes away everything of one citizen before the next one stands there; the page itself is loaded anew, so no memory of it is kept. */
import { clipboard, type BrowserWindow } from 'electron';

/** In this order: what the page still holds must not write itself back into what was cleared. */
export async function wipeVisit(window: BrowserWindow, load: (window: BrowserWindow) => Promise<void>): Promise<void> {
  const { webContents } = window;
  await load(window);
  await webContents.session.clearStorageData();
  await webContents.session.clearCache();
  webContents.clearHistory();
  clipboard.clear();
  clearSelection();
}

/** What was marked with the mouse is a clipboard of its own on Linux; older Electrons name it by an argument. */
function clearSelection(): void {
  if (process.platform !== 'linux') return;
  const { selection } = clipboard as { selection?: { clear(): void } };
  if (selection !== undefined) selection.clear();
  else (clipboard as { clear(type?: 'selection'): void }).clear('selection');
}
