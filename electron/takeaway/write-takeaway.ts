/** Writes what the province has not confirmed to a file it alone can read; plain bytes pass through memory one scan at a time. */
import { createSign, randomUUID, type KeyObject } from 'node:crypto';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { scansOf } from '../../shared/dossiers/scans-of.ts';
import { dossierOf } from '../../shared/journal/operation.ts';
import { fail, ok, type Failure, type Result } from '../../shared/lib/result.ts';
import type { SyncMemory } from '../../shared/sync/memory.ts';
import {
  encodeFrame,
  encodePiece,
  ENTRIES_PER_FRAME,
  FORMAT_VERSION,
  MAGIC,
  PIECE_BYTES,
  type Frame,
  type TakeawayHeader,
} from '../../shared/takeaway/file-format.ts';
import { createFrameSealer } from '../../shared/takeaway/frame-seal.ts';
import { isDiskFull, syncFolder } from '../files.ts';
import type { Journal } from '../journal/journal.ts';
import type { ScanFiles } from '../scanning/scan-files.ts';
import type { Identity } from '../sync/identity.ts';

export type TakenAway = { exportId: string; entries: number; scans: number; /** Scans that cannot be read on this device. */ missing: number };
export type TakeawayFailure = Failure<'not-enrolled' | 'nothing-waiting' | 'takeaway-full' | 'file-not-written'>;

type Options = {
  path: string;
  identity: Identity | undefined;
  deviceKey: KeyObject;
  journal: Pick<Journal, 'journalId' | 'head' | 'read'>;
  scans: Pick<ScanFiles, 'read'>;
  memory: SyncMemory;
  clock(): number;
  /** Steps done of all: an entry and a scan are a step each. */
  onProgress(done: number, total: number): void;
};

/** The file appears under its name with all of its bytes or not at all. */
export async function writeTakeaway(options: Options): Promise<Result<TakenAway, TakeawayFailure>> {
  const { path, identity, journal, memory } = options;
  if (identity === undefined) return fail('not-enrolled');
  const head = journal.head();
  const isAllConfirmed = memory.acknowledgedSeq >= head.seq && Object.keys(memory.unconfirmed).length === 0;
  if (isAllConfirmed) return fail('nothing-waiting');
  const temporary = `${path}.${randomUUID()}.part`;
  try {
    const file = await open(temporary, 'wx', 0o600);
    let taken: TakenAway;
    try {
      taken = await writeAll(file, identity, head.seq, options);
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    // Some sticks cannot fsync a folder; the bytes themselves are on it.
    await syncFolder(dirname(path)).catch(() => undefined);
    return ok(taken);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    return fail(isDiskFull(error) || isTooLargeForFat(error) ? 'takeaway-full' : 'file-not-written', { message: error instanceof Error ? error.message : '' });
  }
}

async function writeAll(file: FileHandle, identity: Identity, lastSeq: number, options: Options): Promise<TakenAway> {
  const { journal, scans, memory, deviceKey, clock, onProgress } = options;
  const signer = createSign('sha256');
  const append = async (bytes: Uint8Array): Promise<void> => {
    signer.update(bytes);
    await file.writeFile(bytes);
  };
  const exportId = randomUUID();
  const { deviceId, officeId, serverKey } = identity;
  const sealer = await createFrameSealer(serverKey, (ephemeralKey) => {
    const header: TakeawayHeader = { exportId, deviceId, journalId: journal.journalId, officeId, createdAtMs: clock(), serverKey, ephemeralKey };
    return new TextEncoder().encode(JSON.stringify(header));
  });
  const put = async (plain: Uint8Array<ArrayBuffer>, isLast = false): Promise<void> => {
    const sealed = await sealer.seal(plain, isLast);
    await append(lengthOf(sealed.byteLength));
    await append(sealed);
  };
  const say = (frame: Frame): Promise<void> => put(encodeFrame(frame), frame.kind === 'end');

  await append(Buffer.from(`${MAGIC}${FORMAT_VERSION}`, 'latin1'));
  await append(lengthOf(sealer.header.byteLength));
  await append(sealer.header);

  const wanted = new Set(Object.values(memory.unconfirmed).flat());
  const waiting = Math.max(0, lastSeq - memory.acknowledgedSeq);
  let entries = 0;
  for (let after = memory.acknowledgedSeq; after < lastSeq;) {
    const page = await journal.read(after, Math.min(ENTRIES_PER_FRAME, lastSeq - after));
    const last = page.at(-1);
    if (last === undefined) break;
    await say({ kind: 'entries', entries: page });
    for (const dossier of page.map(dossierOf)) if (dossier !== undefined) for (const sha256 of scansOf(dossier)) wanted.add(sha256);
    entries += page.length;
    after = last.seq;
    onProgress(entries, waiting + wanted.size);
  }
  const dossierIds = Object.keys(memory.unconfirmed);
  if (dossierIds.length > 0) await say({ kind: 'dossiers', dossierIds });

  let sent = 0;
  let missing = 0;
  for (const sha256 of wanted) {
    const scan = await scans.read(sha256);
    if (scan.ok) {
      const { bytes, mediaType } = scan.value;
      await say({ kind: 'scan', sha256, mediaType, bytes: bytes.byteLength });
      for (let from = 0; from < bytes.byteLength; from += PIECE_BYTES) await put(encodePiece(bytes.subarray(from, from + PIECE_BYTES)));
      sent += 1;
    } else missing += 1;
    onProgress(entries + sent + missing, entries + wanted.size);
  }
  await say({ kind: 'end', entries, scans: sent });
  await append(lengthOf(0));
  await file.writeFile(signer.sign({ key: deviceKey, dsaEncoding: 'ieee-p1363' }));
  return { exportId, entries, scans: sent, missing };
}

/** FAT32, as sticks come, holds no file of 4 GiB or more. */
const isTooLargeForFat = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'EFBIG';

function lengthOf(count: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(count);
  return bytes;
}
