/** A folder into which a copier or another program puts scans: each is taken once it is whole, and moved once it is safe here. */
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fail, ok } from '../../../shared/lib/result.ts';
import { MAX_SCAN_BYTES } from '../../../shared/scanning/scan.ts';
import type { ScanSource } from './source.ts';

export type WatchedFolder = { id: string; name: string; path: string; afterwards: 'move' | 'delete' };
type Options = { folders: readonly WatchedFolder[]; clock: () => number; lookEveryMs?: number; settledMs?: number };

const LOOK_EVERY_MS = 500;
/** A file that has not grown for so long, by two looks at it, is taken for whole. */
const SETTLED_MS = 1_500;
const TAKEN_FOLDER = 'da-nhan';
const scanNames = /^[^.~].*\.(pdf|jpe?g|png)$/iu;

type Seen = { bytes: number; changedAtMs: number; sinceMs: number };

export function createFolderSource({ folders, clock, lookEveryMs = LOOK_EVERY_MS, settledMs = SETTLED_MS }: Options): ScanSource {
  const folderOf = (id: string): WatchedFolder | undefined => folders.find((folder) => folder.id === id);

  async function letGo({ path, afterwards }: WatchedFolder, name: string): Promise<void> {
    if (afterwards === 'delete') return rm(join(path, name), { force: true });
    const taken = join(path, TAKEN_FOLDER);
    await mkdir(taken, { recursive: true });
    // Copiers count from 1 again every morning: what is there already keeps its name.
    const extension = extname(name);
    await rename(join(path, name), join(taken, `${name.slice(0, -extension.length)}-${clock()}${extension}`));
  }

  return {
    kind: 'folder',
    devices: async () => folders.map(({ id, name }) => ({ id, name, kind: 'folder' as const })),
    async capabilities(id) {
      return folderOf(id) === undefined ? fail('scanner-gone') : ok({ inputs: [], modes: [], resolutions: [] });
    },
    async *scan(id, _job, signal) {
      const folder = folderOf(id);
      if (folder === undefined) return yield fail('scanner-gone');
      const seen = new Map<string, Seen>();
      /** Of this run: refused ones stay where they are and are not offered again. */
      const offered = new Set<string>();
      while (!signal.aborted) {
        let names: string[];
        try {
          names = (await readdir(folder.path)).filter((name) => scanNames.test(name) && !offered.has(name));
        } catch {
          return yield fail('scanner-gone');
        }
        const whole: { name: string; changedAtMs: number }[] = [];
        for (const name of names) {
          const file = await stat(join(folder.path, name)).catch(() => undefined);
          if (file?.isFile() !== true || file.size === 0) continue;
          const before = seen.get(name);
          if (before?.bytes !== file.size || before.changedAtMs !== file.mtimeMs)
            seen.set(name, { bytes: file.size, changedAtMs: file.mtimeMs, sinceMs: clock() });
          else if (clock() - before.sinceMs >= settledMs) whole.push({ name, changedAtMs: file.mtimeMs });
        }
        whole.sort((a, b) => a.changedAtMs - b.changedAtMs || a.name.localeCompare(b.name));
        for (const { name } of whole) {
          if (signal.aborted) return;
          offered.add(name);
          const taken = async (): Promise<void> => {
            await letGo(folder, name);
            // The name is free for the next one.
            offered.delete(name);
            seen.delete(name);
          };
          // Too large to be read here: the page refuses it with words, by its first byte more than is allowed.
          const bytes = await readFile(join(folder.path, name)).catch(() => undefined);
          if (bytes === undefined) offered.delete(name);
          else yield ok({ bytes: new Uint8Array(bytes.subarray(0, MAX_SCAN_BYTES + 1)), name, taken });
        }
        await sleep(lookEveryMs, undefined, { signal }).catch(() => undefined);
      }
    },
  };
}
