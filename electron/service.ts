/** What answers the page: the counter and its channels, apart from the boot so that the window need not wait for its code. */
import { app } from 'electron';
import { argsParsers } from '../shared/ipc/contract.ts';
import { openCounter, type Counter } from './counter.ts';
import { createRebuildDatabase } from './database/rebuild-database.ts';
import { createHandlers } from './handlers.ts';
import type { Service } from './ipc.ts';
import { diskSpaceOf } from './journal/disk-space.ts';

export type Opened = { counter: Counter; service: Service };
export type ServiceContext = Omit<Parameters<typeof createHandlers>[0], 'counter' | 'rebuild'> & { userData: string; onProgress(share: number): void };

/** Throws `KeysUnavailable`, or what the disk says. */
export async function openService({ userData, onProgress, ...context }: ServiceContext): Promise<Opened> {
  const counter = await openCounter(userData, context.settings, context.log, startAnew, onProgress);
  const rebuild = createRebuildDatabase({
    userData,
    journal: counter.journal,
    clear: () => context.window.webContents.session.clearStorageData({ storages: ['indexdb'] }),
    freeBytes: diskSpaceOf(userData),
    log: context.log,
  });
  return { counter, service: { handlers: createHandlers({ counter, rebuild, ...context }), parsers: argsParsers } };
}

function startAnew(): void {
  app.relaunch();
  app.quit();
}
