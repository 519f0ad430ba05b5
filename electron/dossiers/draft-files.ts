/** Intakes in progress as sealed files, one a draft, each replaced whole and fsynced. */
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { draftSchema, type Draft } from '../../shared/dossiers/draft.ts';
import { fail, ok, type Failure, type Result } from '../../shared/lib/result.ts';
import { isDiskFull, preparePrivateFolder, syncFolder, writeDurably } from '../files.ts';
import type { Vault } from '../keys/vault.ts';
import type { Log } from '../log.ts';

export type DraftFiles = {
  list(): Promise<Draft[]>;
  put(draft: Draft): Promise<Result<null, Failure<'disk-full'>>>;
  delete(draftId: string): Promise<void>;
};

const SUFFIX = '.draft';

export async function openDraftFiles(folder: string, vault: Vault, log: Log): Promise<DraftFiles> {
  await preparePrivateFolder(folder);
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
      const names = (await readdir(folder)).filter((name) => name.endsWith(SUFFIX));
      const drafts = await Promise.all(
        names.map(async (name) => {
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
    put: (draft) =>
      inTurn(draft.draftId, async () => {
        try {
          await writeDurably(pathOf(draft.draftId), vault.seal(Buffer.from(JSON.stringify(draft)), `draft/${draft.draftId}${SUFFIX}`));
          return ok(null);
        } catch (error) {
          if (isDiskFull(error)) return fail('disk-full');
          throw error;
        }
      }),
    delete: (draftId) =>
      inTurn(draftId, async () => {
        await rm(pathOf(draftId), { force: true });
        await syncFolder(folder);
      }),
  };
}
