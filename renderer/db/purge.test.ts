import { expect, it } from 'vitest';
import type { Bridge, Purged } from '../../shared/ipc/contract.ts';
import { followPurge } from './purge.ts';

it('drops what left, answers for the scans only after they are gone, and follows the news', async () => {
  const sha = (at: number): string => String(at).padStart(64, '0');
  const held = new Set([1, 2, 3].map(sha));
  const removed: string[] = [];
  const answered: string[][] = [];
  let tell: (purged: Purged) => void = () => undefined;
  const bridge = {
    invoke: (channel: string, args?: { scans: string[] }) => {
      if (channel === 'storage:purged') return Promise.resolve({ scans: [sha(1)], dossiers: [], restoredBeforeMs: null });
      expect(args?.scans.filter((scan) => held.has(scan))).toEqual([]);
      answered.push(args?.scans ?? []);
      return Promise.resolve(undefined);
    },
    on: (_: string, listener: (purged: Purged) => void) => {
      tell = listener;
      return () => undefined;
    },
  } as unknown as Bridge;
  const copies = {
    dossiers: {
      remove: (ids: readonly string[]) => Promise.resolve(void removed.push(...ids)),
      removeRestored: (beforeMs: number) => Promise.resolve(void removed.push(`restored before ${beforeMs}`)),
    },
    scans: { drop: (digests: readonly string[]) => Promise.resolve(digests.forEach((digest) => held.delete(digest))) },
  };
  await followPurge(copies, bridge, (error) => expect.unreachable(String(error)));
  expect([...held]).toEqual([sha(2), sha(3)]);
  tell({ scans: [sha(3)], dossiers: ['somebody'], restoredBeforeMs: 5 });
  await expect.poll(() => answered).toEqual([[sha(1)], [sha(3)]]);
  expect([...held]).toEqual([sha(2)]);
  await expect.poll(() => removed).toEqual(['somebody', 'restored before 5']);
});
