/** What retention remembers over a restart, sealed. Losing it makes things stay longer, nothing else. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { marksSchema, type Mark } from '../../shared/retention/marks.ts';
import { isMissing, writeDurably } from '../files.ts';
import type { Vault } from '../keys/vault.ts';
import type { Log } from '../log.ts';

const CONTEXT = 'retention/memory';

const memorySchema = z.object({
  marks: marksSchema,
  /** The scans of every dossier up to here have left, but for those of `later`. */
  scansThrough: z.int().nonnegative(),
  later: z.array(z.object({ dossierId: z.string(), seq: z.int() })),
  /** Scans that left and whose copies the page has not said it dropped. */
  untold: z.array(z.string()),
  /** Scans a draft let go, and when retention first met them (province's time). */
  dropped: z.array(z.object({ sha256: z.string(), sinceMs: z.int().optional() })).default([]),
});
export type PurgeMemory = {
  marks: readonly Mark[];
  scansThrough: number;
  later: ReadonlyArray<{ dossierId: string; seq: number }>;
  untold: readonly string[];
  dropped: ReadonlyArray<{ sha256: string; sinceMs?: number }>;
};

const empty: PurgeMemory = { marks: [], scansThrough: 0, later: [], untold: [], dropped: [] };

export type PurgeMemoryFile = { current(): PurgeMemory; change(next: (memory: PurgeMemory) => PurgeMemory): Promise<void> };

export async function openPurgeMemory(path: string, vault: Vault, log: Log): Promise<PurgeMemoryFile> {
  let memory = await readFile(path)
    .then((sealed): PurgeMemory => memorySchema.parse(JSON.parse(vault.open(sealed, CONTEXT).toString('utf8'))))
    .catch((error: unknown) => {
      if (!isMissing(error)) log.warn('retention memory unreadable, the days are counted anew');
      return empty;
    });
  let writing: Promise<unknown> = Promise.resolve();

  return {
    current: () => memory,
    change(next) {
      const write = async (): Promise<void> => {
        const changed = next(memory);
        if (changed === memory) return;
        await writeDurably(path, vault.seal(Buffer.from(JSON.stringify(changed)), CONTEXT));
        memory = changed;
      };
      const turn = writing.then(write, write);
      writing = turn.catch(() => undefined);
      return turn;
    },
  };
}
