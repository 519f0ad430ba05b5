/**
 * The journal's head as the device last signed it (ECDSA P-256), in a file beside the segments.
 *
 * It is not written at each append. A second file cannot become durable in one step with the entry, so a power cut could
 * always leave it one entry behind, and its fsyncs would double the time to "Đã lưu" for nothing. Signed only after the
 * entries it names went through fdatasync, it is a lower bound: the journal may be longer than the signed head, never shorter.
 * A torn write cannot explain a shorter one, for nothing torn was ever signed. The province anchors the same head at every sync.
 */
import { createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeDurably } from '../files.ts';

export const HEAD_FILE = 'head.json';

const fileSchema = z.object({
  version: z.literal(1),
  seq: z.int().nonnegative(),
  hash: z.string().regex(/^[0-9a-f]{64}$/u),
  /** Everything before was dropped with leave. */
  firstSeq: z.int().min(1),
  atMs: z.int(),
  signature: z.string(),
});

export type SignedHead = { seq: number; hash: string; firstSeq: number; atMs: number };

const textOf = (journalId: string, { seq, hash, firstSeq, atMs }: SignedHead): Buffer =>
  Buffer.from(`qmc-journal-head\n${journalId}\n${seq}\n${hash}\n${firstSeq}\n${atMs}`, 'utf8');

export async function writeSignedHead(folder: string, journalId: string, deviceKey: KeyObject, head: SignedHead): Promise<void> {
  const signature = sign('sha256', textOf(journalId, head), { key: deviceKey, dsaEncoding: 'ieee-p1363' }).toString('base64url');
  await writeDurably(join(folder, HEAD_FILE), Buffer.from(JSON.stringify({ version: 1, ...head, signature } satisfies z.infer<typeof fileSchema>)));
}

/** Undefined when there is none that this device signed for this journal. */
export async function readSignedHead(folder: string, journalId: string, deviceKey: KeyObject): Promise<SignedHead | undefined> {
  try {
    const { signature, version: _, ...head } = fileSchema.parse(JSON.parse(await readFile(join(folder, HEAD_FILE), 'utf8')));
    const isOurs = verify(
      'sha256',
      textOf(journalId, head),
      { key: createPublicKey(deviceKey), dsaEncoding: 'ieee-p1363' },
      Buffer.from(signature, 'base64url'),
    );
    return isOurs ? head : undefined;
  } catch {
    return undefined;
  }
}
