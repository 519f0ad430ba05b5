/** The lobby's window with all that belongs to it alone: its lock, the way out, the end of a visit, the voice. */
import { join } from 'node:path';
import type { BrowserWindow } from 'electron';
import type { Settings } from '../../shared/settings/settings.ts';
import type { Log } from '../log.ts';
import { lockDown, type LockDown } from './lock-down.ts';
import { createReadAloud, type ReadAloud } from './read-aloud.ts';
import { createSupervisorPin, type SupervisorPin } from './supervisor-pin.ts';
import { wipeVisit } from './wipe.ts';

export type Kiosk = LockDown & { supervisorPin: SupervisorPin; readAloud: ReadAloud; endVisit(): Promise<void> };

type Options = {
  window: BrowserWindow;
  userData: string;
  settings: Pick<Settings, 'lobby'>;
  log: Log;
  load(window: BrowserWindow): Promise<void>;
  onAskedToLeave(): void;
};

export function openKiosk({ window, userData, settings, log, load, onAskedToLeave }: Options): Kiosk {
  const readAloud = createReadAloud({ log });
  return {
    ...lockDown(window, { log, onAskedToLeave }),
    readAloud,
    supervisorPin: createSupervisorPin({ hash: settings.lobby.supervisorPin, file: join(userData, 'supervisor-pin.json'), clock: Date.now }),
    async endVisit() {
      readAloud.hush();
      await wipeVisit(window, load);
    },
  };
}
