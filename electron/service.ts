/** What answers the page: the counter and its channels, apart from the boot so that the window need not wait for its code. */
import { argsParsers } from '../shared/ipc/contract.ts';
import { openCounter, type Counter } from './counter.ts';
import { createRebuildDatabase } from './database/rebuild-database.ts';
import { createHandlers } from './handlers.ts';
import type { Service } from './ipc.ts';
import { diskSpaceOf } from './journal/disk-space.ts';

export type Opened = { counter: Counter; service: Service };
export type ServiceContext = Omit<Parameters<typeof createHandlers>[0], 'counter' | 'rebuild'> & {
  userData: string;
  relaunch(): void;
  onProgress(share: number): void;
  /** File of the built sealing-thread.ts. */
  sealingThread: string;
};

/** Throws `KeysUnavailable`, or what the disk says. */
export async function openService({ userData, relaunch, onProgress, sealingThread, ...context }: ServiceContext): Promise<Opened> {
  const counter = await openCounter(userData, context.settings, context.log, relaunch, onProgress, sealingThread);
  const rebuild = createRebuildDatabase({
    userData,
    journal: counter.journal,
    clear: () => context.window.webContents.session.clearStorageData({ storages: ['indexdb'] }),
    freeBytes: diskSpaceOf(userData),
    log: context.log,
  });
  return { counter, service: { handlers: createHandlers({ counter, rebuild, ...context }), parsers: argsParsers } };
}
