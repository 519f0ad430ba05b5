/** In which pack a dossier lies (sealed-content.ts): what comes, leaves or is replaced, and small packs put together. */
import { rowsMeta, type CounterDatabase, type StoredRow } from './database.ts';
import { slicesOf } from './in-slices.ts';
import { packsOfRanks, type SealedPack } from './sealed-content.ts';
import type { Sealing } from './sealing.ts';

/** What one transaction has to write. */
export type Packing = { packs: readonly SealedPack[]; gone: readonly number[] };

/** A counter's own dossiers come one by one; so many packs are put together. */
const GATHERED = 64;
/** A pack with fewer dossiers is put together with others some time. */
const SMALL = 32;
/** Packs opened at once when dossiers leave them. */
const AT_ONCE = 16;

export type Contents = {
  /** The packs that these rows leave, as they are without them; what is with them there is packed anew. */
  without(leaving: readonly StoredRow[]): Promise<Packing>;
  /** Within a transaction of rows, packs and meta: has the rows of what was packed anew name their new packs. */
  write(packing: Packing): Promise<void>;
  /** Puts these small packs together when they are many. Not within a transaction. */
  gather(smallPacks: readonly number[]): Promise<void>;
};

/** Which packs are small once these are written, and `gone` are not there any more. */
export function smallPacksAfter(before: readonly number[], { packs, gone }: Packing): number[] {
  const small = packs.filter(({ ranks }) => ranks.length < SMALL).map(({ stored }) => stored.pack);
  const known = new Set([...gone, ...small]);
  return [...before.filter((pack) => !known.has(pack)), ...small];
}

export function createContents(db: CounterDatabase, sealing: Sealing): Contents {
  async function write({ packs, gone }: Packing): Promise<void> {
    await db.packs.bulkDelete([...gone]);
    if (packs.length > 0) await db.packs.bulkPut(packs.map(({ stored }) => stored));
    const meta = await rowsMeta(db);
    await db.meta.put({ ...meta, smallPacks: smallPacksAfter(meta.smallPacks, { packs, gone }) });
    const packOf = packsOfRanks(packs);
    const moved = (await db.rows.bulkGet([...packOf.keys()])).filter((row) => row !== undefined);
    await db.rows.bulkPut(moved.map((row) => ({ ...row, pack: packOf.get(row.rank) ?? row.pack })));
  }

  return {
    write,
    async without(leaving) {
      const gone = [...new Set(leaving.map(({ pack }) => pack))];
      const ranks = leaving.map(({ rank }) => rank);
      const packs: SealedPack[] = [];
      for (const slice of slicesOf(gone, AT_ONCE)) {
        const parts = (await db.packs.bulkGet(slice)).filter((part) => part !== undefined);
        packs.push(...(await sealing.repack(parts, ranks)));
      }
      return { packs, gone };
    },
    async gather(smallPacks) {
      if (smallPacks.length < GATHERED) return;
      const parts = (await db.packs.bulkGet([...smallPacks])).filter((part) => part !== undefined);
      const packs = await sealing.repack(parts, []);
      await db.transaction('rw', db.rows, db.packs, db.meta, () => write({ packs, gone: smallPacks }));
    },
  };
}
