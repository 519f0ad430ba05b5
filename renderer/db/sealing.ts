/** Everything that needs the keys, in batches: a call may cross to the worker that holds them (sealing-worker.ts). */
import type { Dossier } from '../../shared/dossiers/dossier.ts';
import type { StoredPack, StoredPostings, StoredRow } from './database.ts';
import { openContent, repack, type SealedPack } from './sealed-content.ts';
import { openRow, sealDossiers, type Accepted, type OpenRow, type SealedDossiers } from './sealed-dossier.ts';
import { mergeBuckets, ranksWith, sealSegment, type IndexedRow, type SegmentAsked } from './sealed-postings.ts';
import { createScanCopies, type KeepScans } from './scan-copies.ts';
import type { Keys, Sealer, Token } from './sealer.ts';

export type Sealing = Sealer & {
  sealDossiers(accepted: readonly Accepted[]): Promise<SealedDossiers>;
  /** See sealed-content.ts. */
  repack(packs: readonly StoredPack[], without: readonly number[]): Promise<SealedPack[]>;
  /** In the same order; null for a row that does not open. */
  openRows(stored: readonly StoredRow[]): Promise<Array<OpenRow | null>>;
  /** Null when it does not open. */
  openContent(stored: StoredPack, rank: number): Promise<Dossier | null>;
  /** See scan-copies.ts. Takes the bytes over: they are empty afterwards. */
  keepScans: KeepScans;
  tokens(terms: readonly string[]): Promise<Token[]>;
  /** See sealed-postings.ts, as with the two below; these use up the buckets they are given, and are null when one does not open. */
  sealSegment(segment: number, rows: readonly IndexedRow[]): Promise<StoredPostings[]>;
  mergeBuckets(segment: number, stored: readonly StoredPostings[], parts: number): Promise<StoredPostings[] | null>;
  ranksWith(tokens: readonly Token[], segments: readonly SegmentAsked[], high: number, atMost: number): Promise<Array<Float64Array<ArrayBuffer>> | null>;
};

const orNull = <T>(work: Promise<T>): Promise<T | null> => work.catch(() => null);

/** In the thread it is called in. */
export function createSealing(keys: Keys): Sealing {
  const { seal, open, sealJson, openJson } = keys;
  return {
    seal,
    open,
    sealJson,
    openJson,
    sealDossiers: (accepted) => sealDossiers(keys, accepted),
    repack: (packs, without) => repack(keys, packs, without),
    openRows: (stored) => Promise.all(stored.map((row) => orNull(openRow(keys, row)))),
    openContent: (stored, rank) => orNull(openContent(keys, stored, rank)),
    keepScans: createScanCopies(keys),
    tokens: (terms) => Promise.resolve(terms.map(keys.token)),
    sealSegment: (segment, rows) => sealSegment(keys, segment, rows),
    mergeBuckets: (segment, stored, parts) => orNull(mergeBuckets(keys, segment, stored, parts)),
    ranksWith: (tokens, segments, high, atMost) => orNull(ranksWith(keys, tokens, segments, high, atMost)),
  };
}
