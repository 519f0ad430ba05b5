/** Mang đi bằng USB: the unconfirmed part out to a file, the province's receipt back in; one at a time. */
import type { KeyObject } from 'node:crypto';
import { fail, ok, type Failure, type Result } from '../../shared/lib/result.ts';
import type { Clock } from '../../shared/lib/time.ts';
import type { Journal } from '../journal/journal.ts';
import type { Log } from '../log.ts';
import type { ScanFiles } from '../scanning/scan-files.ts';
import type { IdentityFile } from '../sync/identity.ts';
import type { SyncService } from '../sync/sync-service.ts';
import { readReceipt, type ReceiptFailure } from './read-receipt.ts';
import { writeTakeaway, type TakeawayFailure, type TakenAway } from './write-takeaway.ts';

export type TakenIn = { acknowledged: number; confirmed: number };

export type Takeaway = {
  exportTo(path: string): Promise<Result<TakenAway, TakeawayFailure | Failure<'takeaway-busy'>>>;
  /** `receipt-old`: it says nothing this device does not know. */
  importReceipt(path: string): Promise<Result<TakenIn, ReceiptFailure | Failure<'receipt-old'>>>;
};

type Options = {
  identity: IdentityFile;
  deviceKey: KeyObject;
  journal: Pick<Journal, 'journalId' | 'head' | 'read' | 'find'>;
  scans: Pick<ScanFiles, 'read'>;
  sync: Pick<SyncService, 'memory' | 'absorb'>;
  clock: Clock;
  log: Log;
  onProgress(done: number, total: number): void;
};

export function createTakeaway({ identity, deviceKey, journal, scans, sync, clock, log, onProgress }: Options): Takeaway {
  let isBusy = false;
  return {
    async exportTo(path) {
      if (isBusy) return fail('takeaway-busy');
      isBusy = true;
      try {
        const taken = await writeTakeaway({ path, identity: identity.current(), deviceKey, journal, scans, memory: sync.memory(), clock, onProgress });
        if (taken.ok) log.info(`taken away: ${taken.value.entries} entries, ${taken.value.scans} scans, ${taken.value.missing} missing`);
        return taken;
      } finally {
        isBusy = false;
      }
    },
    async importReceipt(path) {
      const receipt = await readReceipt({ path, identity: identity.current(), journal });
      if (!receipt.ok) {
        log.warn(`receipt refused: ${receipt.failure.kind}`);
        return receipt;
      }
      const taken = await sync.absorb(receipt.value);
      log.info(`receipt taken in: ${taken.acknowledged} entries, ${taken.confirmed} dossiers confirmed`);
      return taken.acknowledged + taken.confirmed === 0 ? fail('receipt-old') : ok(taken);
    },
  };
}
