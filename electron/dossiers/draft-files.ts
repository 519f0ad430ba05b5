/** Intakes in progress as sealed files, one a draft, each replaced whole and fsynced. */
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { draftSchema, type Draft } from '../../shared/dossiers/draft.ts';
import { fail, ok, type Failure, type Result } from '../../shared/lib/result.ts';
import { isDiskFull, preparePrivateFolder, syncFolder, writeDurably } from '../files.ts';
import type { IntakeRoom } from '../journal/disk-space.ts';
import type { Vault } from '../keys/vault.ts';
import type { Log } from '../log.ts';

export type DraftFiles = {
  list(): Promise<Draft[]>;
  /** An intake in progress is on disk under this id. */
  has(draftId: string): boolean;
  /** Of all that are on disk, those that cannot be read included. */
  count(): number;
  /** The first write of a draft begins an intake, which a disk with little room refuses (`disk-low`). */
  put(draft: Draft): Promise<Result<null, Failure<'disk-full' | 'disk-low'>>>;
  delete(draftId: string): Promise<void>;
};

const SUFFIX = '.draft';

export async function openDraftFiles(folder: string, vault: Vault, log: Log, room: () => Promise<IntakeRoom>): Promise<DraftFiles> {
  await preparePrivateFolder(folder);
  const names = async (): Promise<string[]> => (await readdir(folder)).filter((name) => name.endsWith(SUFFIX));
  const begun = new Set((await names()).map((name) => name.slice(0, -SUFFIX.length)));
  const pathOf = (draftId: string): string => join(folder, `${draftId}${SUFFIX}`);
  /** Writes of one draft in the order they were asked for. */
  const turns = new Map<string, Promise<unknown>>();
  const inTurn = <T>(draftId: string, work: () => Promise<T>): Promise<T> => {
    const next = (turns.get(draftId) ?? Promise.resolve()).then(work, work);
    turns.set(draftId, next);
    const forget = (): void => void (turns.get(draftId) === next && turns.delete(draftId));
    next.then(forget, forget);
    return next;
  };

  return {
    async list() {
      const drafts = await Promise.all(
        (await names()).map(async (name) => {
          try {
            return draftSchema.parse(JSON.parse(vault.open(await readFile(join(folder, name)), `draft/${name}`).toString('utf8')));
          } catch {
            // Left where it is: a newer version or a technician may still read it.
            log.error(`draft ${name} cannot be read`);
            return undefined;
          }
        }),
      );
      return drafts.filter((draft) => draft !== undefined).sort((a, b) => b.updatedAtMs - a.updatedAtMs);
    },
    has: (draftId) => begun.has(draftId),
    count: () => begun.size,
    put: (draft) =>
      inTurn(draft.draftId, async () => {
        if (!begun.has(draft.draftId) && (await room()) !== 'to-begin') return fail('disk-low');
        try {
          await writeDurably(pathOf(draft.draftId), vault.seal(Buffer.from(JSON.stringify(draft)), `draft/${draft.draftId}${SUFFIX}`));
          begun.add(draft.draftId);
          return ok(null);
        } catch (error) {
          if (isDiskFull(error)) return fail('disk-full');
          throw error;
        }
      }),
    delete: (draftId) =>
      inTurn(draftId, async () => {
        await rm(pathOf(draftId), { force: true });
        begun.delete(draftId);
        await syncFolder(folder);
      }),
  };
}
