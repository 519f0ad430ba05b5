import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSharedWrites, syncFolder } from './files.ts';

describe('files written at the same time', () => {
  let folder = '';
  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'qmc-files-'))));
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** What had its name in the folder when each fsync of it began. */
  function watchedWrites() {
    const synced: string[][] = [];
    const write = createSharedWrites(folder, async (path) => {
      synced.push(await readdir(path));
      await syncFolder(path);
    });
    return { synced, write };
  }

  it('share one fsync of the folder, and it begins when all of them have their names', async () => {
    const { synced, write } = watchedWrites();
    const names = Array.from({ length: 20 }, (_, nth) => `scan-${String(nth).padStart(2, '0')}`);
    await Promise.all(names.map((name) => write(name, Buffer.from(name))));
    expect(synced.map((held) => held.sort())).toEqual([names]);
    for (const name of names) expect(await readFile(join(folder, name), 'utf8')).toBe(name);
  });

  it('never count as written before an fsync that began after they had their names', async () => {
    const { synced, write } = watchedWrites();
    const writeLate = async (name: string, turns: number): Promise<void> => {
      for (let turn = 0; turn < turns; turn++) await new Promise((done) => setImmediate(done));
      await write(name, Buffer.alloc(turns * 4096));
      expect(
        synced.some((held) => held.includes(name)),
        name,
      ).toBe(true);
    };
    await Promise.all(Array.from({ length: 40 }, (_, nth) => writeLate(`scan-${nth}`, nth * 3)));
    const before = synced.length;
    await write('after-all-of-them', Buffer.from('x'));
    expect(synced.length).toBe(before + 1);
  });

  it('one that fails leaves the others written, and is told itself', async () => {
    const { write } = watchedWrites();
    const [good, bad, alsoGood] = await Promise.allSettled([
      write('a', Buffer.from('a')),
      write('no-such-folder/b', Buffer.from('b')),
      write('c', Buffer.from('c')),
    ]);
    expect([good?.status, bad?.status, alsoGood?.status]).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((await readdir(folder)).sort()).toEqual(['a', 'c']);
  });

  it('are told when the folder could not be synced, all of them', async () => {
    const write = createSharedWrites(folder, () => Promise.reject(new Error('EIO')));
    const outcomes = await Promise.allSettled([write('a', Buffer.from('a')), write('b', Buffer.from('b'))]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });
});
