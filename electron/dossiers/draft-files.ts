/** Intakes in progress as sealed files, one a draft, each replaced whole and fsynced. */
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { draftSchema, type Draft } from '../../shared/dossiers/draft.ts';
import { scansOf } from '../../shared/dossiers/scans-of.ts';
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

type Options = {
  folder: string;
  vault: Vault;
  log: Log;
  room(): Promise<IntakeRoom>;
  /** Scans a draft no longer stands on. Once it resolves the draft lets them go; another draft or a dossier may stand on them. */
  onDropped(scans: string[]): Promise<void>;
};

export async function openDraftFiles({ folder, vault, log, room, onDropped }: Options): Promise<DraftFiles> {
  await preparePrivateFolder(folder);
  const names = async (): Promise<string[]> => (await readdir(folder)).filter((name) => name.endsWith(SUFFIX));
  const begun = new Set((await names()).map((name) => name.slice(0, -SUFFIX.length)));
  const pathOf = (draftId: string): string => join(folder, `${draftId}${SUFFIX}`);
  const read = async (name: string): Promise<Draft> =>
    draftSchema.parse(JSON.parse(vault.open(await readFile(join(folder, name)), `draft/${name}`).toString('utf8')));
  /** What each draft stands on, as far as it was read or written since the start. */
  const standsOn = new Map<string, string[]>();
  async function scansIn(draftId: string): Promise<string[]> {
    if (!begun.has(draftId)) return [];
    // A draft that cannot be read keeps its scans: so does its file.
    const known = standsOn.get(draftId) ?? (await read(`${draftId}${SUFFIX}`).then(scansOf, () => []));
    standsOn.set(draftId, known);
    return known;
  }
  /** What cannot be remembered stays on the disk; a draft is kept or given up all the same. */
  async function letGo(dropped: string[]): Promise<void> {
    if (dropped.length === 0) return;
    await onDropped(dropped).catch((error: unknown) => log.warn(`scans a draft let go stay: ${error instanceof Error ? error.message : ''}`));
  }
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
            return await read(name);
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
        const kept = new Set(scansOf(draft));
        const dropped = (await scansIn(draft.draftId)).filter((sha256) => !kept.has(sha256));
        try {
          await letGo(dropped);
          await writeDurably(pathOf(draft.draftId), vault.seal(Buffer.from(JSON.stringify(draft)), `draft/${draft.draftId}${SUFFIX}`));
          begun.add(draft.draftId);
          standsOn.set(draft.draftId, [...kept]);
          return ok(null);
        } catch (error) {
          if (isDiskFull(error)) return fail('disk-full');
          throw error;
        }
      }),
    delete: (draftId) =>
      inTurn(draftId, async () => {
        await letGo(await scansIn(draftId));
        await rm(pathOf(draftId), { force: true });
        begun.delete(draftId);
        standsOn.delete(draftId);
        await syncFolder(folder);
      }),
  };
}
