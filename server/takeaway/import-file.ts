/** Takes in a take-away file through the same doors as HTTP: each entry once, each scan checked by its digest; answers with a signed receipt. */
import { CompactSign, importJWK } from 'jose';
import { z } from 'zod';
import { MAX_SCAN_BYTES } from '../../shared/scanning/scan.ts';
import type { EntryAnswer, JournalAnswer, JournalRequest, StatusAnswer, WireEntry } from '../../shared/sync/protocol.ts';
import type { Frame } from '../../shared/takeaway/file-format.ts';
import { RECEIPT_TYPE, type TakeawayReceipt } from '../../shared/takeaway/receipt.ts';
import type { PublicJwk } from '../db/database.ts';
import type { ProvinceState } from '../db/province-store.ts';
import { Problem } from '../problem.ts';
import { openTakeaway, TakeawayRefused, type OpenTakeaway } from './open-file.ts';

type Sender = { deviceId: string; journalId: string; officeId: string; publicKey: PublicJwk; isRevoked: boolean; headSeq: number };

type ScanFrame = Extract<Frame, { kind: 'scan' }>;

export type TakeawayPorts = {
  province: ProvinceState;
  findSender(deviceId: string): Promise<Sender | undefined>;
  receive(deviceId: string, request: JournalRequest): Promise<JournalAnswer>;
  hasScan(officeId: string, sha256: string): Promise<boolean>;
  /** Throws a Problem with a status below 500 when the bytes are not what they were said to be. */
  acceptScan(source: AsyncIterable<Buffer>, claim: ScanFrame, sender: { officeId: string; deviceId: string }): Promise<void>;
  status(deviceId: string, dossierIds: string[], scans: string[]): Promise<StatusAnswer>;
  clock(): number;
};

export type Imported = { receipt: TakeawayReceipt; /** Compact JWS: the receipt file. */ signed: string };

/** Throws TakeawayRefused, with nothing changed, for a file that is not whole, not ours or not of a device of ours. The same file may come again. */
export async function importTakeaway(ports: TakeawayPorts, path: string): Promise<Imported> {
  const file = await openTakeaway(path);
  try {
    const sender = await checkSender(ports, file);
    await checkContent(ports, file, sender);
    const receipt = await apply(ports, file, sender);
    const key = await importJWK({ ...ports.province.signingKey }, 'ES256');
    const signed = await new CompactSign(new TextEncoder().encode(JSON.stringify(receipt))).setProtectedHeader({ alg: 'ES256', typ: RECEIPT_TYPE }).sign(key);
    return { receipt, signed };
  } finally {
    await file.close();
  }
}

async function checkSender({ province, findSender }: TakeawayPorts, { header, isSignedBy }: OpenTakeaway): Promise<Sender> {
  const { x, y } = province.signingKey;
  if (header.serverKey.x !== x || header.serverKey.y !== y) throw new TakeawayRefused('other-province');
  const sender = await findSender(header.deviceId);
  if (sender === undefined) throw new TakeawayRefused('device-unknown');
  if (sender.isRevoked) throw new TakeawayRefused('device-revoked');
  if (sender.journalId !== header.journalId || sender.officeId !== header.officeId) throw new TakeawayRefused('foreign-journal');
  // A file cut off or changed fails here too: which of the two it was, nobody can tell.
  if (!(await isSignedBy(sender.publicKey))) throw new TakeawayRefused('not-signed-by-device');
  return sender;
}

/** Reads everything once before anything is applied. */
async function checkContent({ province }: TakeawayPorts, file: OpenTakeaway, { headSeq }: Sender): Promise<void> {
  let counted = { entries: 0, scans: 0 };
  let bytesLeft = 0;
  let end: Frame | undefined;
  for await (const frame of file.frames(province.signingKey)) {
    if (end !== undefined) throw new TakeawayRefused('damaged');
    if (frame instanceof Uint8Array) {
      bytesLeft -= frame.byteLength;
      if (bytesLeft < 0) throw new TakeawayRefused('damaged');
      continue;
    }
    if (bytesLeft > 0) throw new TakeawayRefused('damaged');
    if (frame.kind === 'entries') {
      if (counted.entries === 0 && (frame.entries[0] as WireEntry).seq > headSeq + 1) throw new TakeawayRefused('entries-missing');
      counted = { ...counted, entries: counted.entries + frame.entries.length };
    } else if (frame.kind === 'scan') {
      if (frame.bytes > MAX_SCAN_BYTES) throw new TakeawayRefused('damaged');
      counted = { ...counted, scans: counted.scans + 1 };
      bytesLeft = frame.bytes;
    } else if (frame.kind === 'end') end = frame;
  }
  if (end?.kind !== 'end' || end.entries !== counted.entries || end.scans !== counted.scans) throw new TakeawayRefused('damaged');
}

async function apply(ports: TakeawayPorts, file: OpenTakeaway, sender: Sender): Promise<TakeawayReceipt> {
  const { province, receive, status, clock } = ports;
  const { deviceId, journalId } = sender;
  const results: EntryAnswer[] = [];
  const dossierIds = new Set<string>();
  const scans = new Set<string>();
  const refusedScans: Record<string, string> = {};
  const frames = file.frames(province.signingKey);

  for await (const frame of frames) {
    // Those of a scan that was held already.
    if (frame instanceof Uint8Array) continue;
    if (frame.kind === 'entries') {
      for (const { operation } of frame.entries) for (const dossierId of dossierToldBy(operation)) dossierIds.add(dossierId);
      const answer = await receive(deviceId, { journalId, entries: frame.entries });
      results.push(...answer.results);
    } else if (frame.kind === 'dossiers') for (const dossierId of frame.dossierIds) dossierIds.add(dossierId);
    else if (frame.kind === 'scan') {
      scans.add(frame.sha256);
      const refusal = await takeScan(ports, sender, frame, frames);
      if (refusal !== undefined) refusedScans[frame.sha256] = refusal;
    }
  }
  const standing = await status(deviceId, [...dossierIds], [...scans]);
  const journal = { epoch: standing.epoch, head: standing.head, results };
  return { version: 1, exportId: file.header.exportId, deviceId, journalId, atMs: clock(), journal, status: standing, refusedScans };
}

const tellingSchema = z.object({ type: z.enum(['dossier.accepted', 'dossier.corrected']), dossier: z.object({ dossierId: z.uuid() }) });

function dossierToldBy(operation: unknown): string[] {
  const telling = tellingSchema.safeParse(operation);
  return telling.success ? [telling.data.dossier.dossierId] : [];
}

/** The reason why the province does not take it; undefined when it did, or holds it already. */
async function takeScan(
  { hasScan, acceptScan }: TakeawayPorts,
  { officeId, deviceId }: Sender,
  scan: ScanFrame,
  frames: AsyncIterator<Uint8Array | Frame>,
): Promise<string | undefined> {
  if (await hasScan(officeId, scan.sha256)) return undefined;
  try {
    await acceptScan(bytesOf(scan, frames), scan, { officeId, deviceId });
    return undefined;
  } catch (error) {
    if (error instanceof Problem && error.status < 500) return error.kind;
    throw error;
  }
}

/** The pieces that follow a scan's frame, by its length; the file was read through before. */
async function* bytesOf({ bytes }: ScanFrame, frames: AsyncIterator<Uint8Array | Frame>): AsyncGenerator<Buffer> {
  for (let left = bytes; left > 0;) {
    const { value, done } = await frames.next();
    if (done === true || !(value instanceof Uint8Array)) throw new TakeawayRefused('damaged');
    left -= value.byteLength;
    yield Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  }
}
