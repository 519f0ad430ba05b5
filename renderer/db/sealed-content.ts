/**
 * Whole dossiers as the database keeps them: packed together, compressed, and sealed as one record. A record each would make
 * thousands of files of a large database, and Chromium looks at every one of them after every transaction.
 */
import { dossierSchema, type Dossier } from '../../shared/dossiers/dossier.ts';
import type { StoredPack } from './database.ts';
import type { Sealer } from './sealer.ts';

export type Ranked = { rank: number; dossier: Dossier };
/** A pack and whose dossiers are in it. Its key is the lowest of the ranks. */
export type SealedPack = { stored: StoredPack; ranks: number[] };

/** Rank → the key of its pack. */
export const packsOfRanks = (packs: readonly SealedPack[]): Map<number, number> =>
  new Map(packs.flatMap(({ stored, ranks }) => ranks.map((rank) => [rank, stored.pack] as const)));

/** Uncompressed: of forms a pack of some 40 KiB. */
const PACK_CHARACTERS = 256 * 1024;
/** Under the 64 KiB at which Chromium makes a file of a value. */
const PACK_BYTES = 60 * 1024;

type Held = { rank: number; json: string };

const packName = (pack: number): string => `pack/${pack}`;

/** Without a `Blob`, whose bytes would go to Chromium's own process and back. */
async function through(bytes: Uint8Array<ArrayBuffer>, { readable, writable }: CompressionStream | DecompressionStream): Promise<Uint8Array<ArrayBuffer>> {
  const writer = writable.getWriter();
  const written = writer.write(bytes).then(() => writer.close());
  const [whole] = await Promise.all([new Response(readable).arrayBuffer(), written]);
  return new Uint8Array(whole);
}

/** One pack, or several when they cannot be pressed into one. */
async function sealTogether(sealer: Sealer, held: readonly Held[]): Promise<SealedPack[]> {
  const ranks = held.map(({ rank }) => rank);
  const pack = Math.min(...ranks);
  const text = `[${held.map(({ rank, json }) => `[${rank},${json}]`).join(',')}]`;
  const compressed = await through(new TextEncoder().encode(text), new CompressionStream('deflate-raw'));
  if (compressed.length > PACK_BYTES && held.length > 1) {
    const half = held.length >> 1;
    return [...(await sealTogether(sealer, held.slice(0, half))), ...(await sealTogether(sealer, held.slice(half)))];
  }
  return [{ stored: { pack, sealed: await sealer.seal(packName(pack), compressed) }, ranks }];
}

async function sealHeld(sealer: Sealer, all: readonly Held[]): Promise<SealedPack[]> {
  const packs: SealedPack[] = [];
  let held: Held[] = [];
  let characters = 0;
  for (const one of all) {
    if (held.length > 0 && characters + one.json.length > PACK_CHARACTERS) {
      packs.push(...(await sealTogether(sealer, held)));
      held = [];
      characters = 0;
    }
    held.push(one);
    characters += one.json.length;
  }
  if (held.length > 0) packs.push(...(await sealTogether(sealer, held)));
  return packs;
}

async function openPack(sealer: Sealer, { pack, sealed }: StoredPack): Promise<Array<[number, unknown]>> {
  const bytes = await through(await sealer.open(packName(pack), sealed), new DecompressionStream('deflate-raw'));
  return JSON.parse(new TextDecoder().decode(bytes)) as Array<[number, unknown]>;
}

export const sealPacks = (sealer: Sealer, all: readonly Ranked[]): Promise<SealedPack[]> =>
  sealHeld(
    sealer,
    all.map(({ rank, dossier }) => ({ rank, json: JSON.stringify(dossier) })),
  );

/** What is in some packs, but for what leaves them, as packs of their own. What no longer opens is left out. */
export async function repack(sealer: Sealer, packs: readonly StoredPack[], without: readonly number[]): Promise<SealedPack[]> {
  const leaving = new Set(without);
  const held: Held[] = [];
  for (const stored of packs) {
    const opened = await openPack(sealer, stored).catch(() => []);
    for (const [rank, dossier] of opened) if (!leaving.has(rank)) held.push({ rank, json: JSON.stringify(dossier) });
  }
  return sealHeld(sealer, held);
}

/** Rejects when the pack is damaged or the dossier is not in it. */
export async function openContent(sealer: Sealer, stored: StoredPack, rank: number): Promise<Dossier> {
  const found = (await openPack(sealer, stored)).find(([held]) => held === rank);
  return dossierSchema.parse(found?.[1]);
}
