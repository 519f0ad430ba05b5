/** Moves a province from its folder of scans to a bucket: each scan is checked by its digest on the way, and one that is there already is passed over. */
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Database } from '../db/database.ts';
import type { Bucket } from './s3-bucket.ts';
import { contentKeyOf } from './scan-bucket.ts';
import { contentOf, factsOf } from './scan-folder.ts';
import { scansBeginning } from './scan-store.ts';

type Copied = {
  copied: number;
  present: number;
  /** Files whose bytes do not have the digest they are named by: they were not copied. */
  damaged: string[];
  /** Scans that the database calls verified, and that are not in the bucket now. */
  missing: string[];
};

/** The schema must be up to date. May be stopped at any moment and begun again; nothing in the folder is changed. */
export async function copyToBucket(
  db: Database,
  dir: string,
  bucket: Bucket,
  onShelves: (soFar: { copied: number; present: number }) => void,
): Promise<Copied> {
  const found: Copied = { copied: 0, present: 0, damaged: [], missing: [] };
  // A sixteenth at a time, so that what is listed stays small however many there are.
  for (const digit of '0123456789abcdef') {
    const there = new Map<string, number>();
    for await (const { key, bytes } of bucket.list(`content/${digit}`)) there.set(key, bytes);
    const shelves = (await readdir(contentOf(dir)).catch(noneWhenAbsent)).filter((shelf) => shelf.startsWith(digit));
    for (const shelf of shelves) await copyShelf(join(contentOf(dir), shelf), there);
    for (const { sha256, bytes } of await scansBeginning(db, digit)) {
      const key = contentKeyOf(sha256);
      // Servers that keep scans in the bucket already may have put it there since it was listed.
      if (there.get(key) !== bytes && (await bucket.sizeOf(key)) !== bytes) found.missing.push(sha256);
    }
    onShelves({ copied: found.copied, present: found.present });
  }

  async function copyShelf(shelf: string, there: Map<string, number>): Promise<void> {
    for (const sha256 of await readdir(shelf)) {
      const path = join(shelf, sha256);
      const { size } = await stat(path);
      const key = contentKeyOf(sha256);
      // One under its name is whole: a store makes an object at once or not at all.
      if (there.get(key) === size) found.present += 1;
      else if ((await factsOf(path)).sha256 !== sha256) found.damaged.push(sha256);
      else {
        await bucket.putStream(key, { bytes: size, sha256, source: () => createReadStream(path) as AsyncIterable<Buffer>, mayEnd: () => undefined });
        there.set(key, size);
        found.copied += 1;
      }
    }
  }
  return found;
}

function noneWhenAbsent(error: NodeJS.ErrnoException): string[] {
  if (error.code === 'ENOENT') return [];
  throw error;
}
