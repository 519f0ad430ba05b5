/** Owns whose turn it is with an upload: one request at a time, whichever of the province's servers it reaches. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Locker } from '@tus/server';
import type { Database } from '../db/database.ts';
import { Problem } from '../problem.ts';
import { releaseUploadLock, renewUploadLock, takeUploadLock } from './upload-lock-store.ts';

/** A counter whose line was cut comes back while its old request still holds the upload; tus then ends the old one. */
const WAIT_MS = 30_000;
const ASK_EVERY_MS = 150;
const RENEW_EVERY_MS = 1_000;

/** Leases in a table rather than PostgreSQL's own session locks, which would hold a connection of the pool for every upload under way. */
export function createUploadLocks(db: Database, onError: (error: unknown) => void): Locker {
  return {
    newLock(uploadId) {
      const holder = randomUUID();
      let renewing: ReturnType<typeof setInterval> | undefined;
      return {
        async lock(signal, requestRelease) {
          const deadline = performance.now() + WAIT_MS;
          while (!(await takeUploadLock(db, uploadId, holder))) {
            if (signal.aborted || performance.now() > deadline) throw new Problem(423, 'locked', 'another request holds this upload');
            await sleep(ASK_EVERY_MS);
          }
          renewing = setInterval(() => {
            renewUploadLock(db, uploadId, holder)
              .then((held) => {
                // Lost to another server while the database was away: two may not write one file.
                if (held === undefined || held.isWanted) return requestRelease();
                return undefined;
              })
              .catch(onError);
          }, RENEW_EVERY_MS);
          renewing.unref();
        },
        async unlock() {
          clearInterval(renewing);
          // A row that cannot be deleted now ends by itself.
          await releaseUploadLock(db, uploadId, holder).catch(onError);
        },
      };
    },
  };
}
