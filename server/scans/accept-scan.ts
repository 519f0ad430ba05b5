/** Owns the moment at which a scan counts as verified, whichever way its bytes came. */
import { Problem } from '../problem.ts';
import type { Database } from '../db/database.ts';
import type { ScanFolder } from './scan-folder.ts';
import { markVerified } from './scan-store.ts';

/** HTTP status of tus 1.0's checksum extension: the bytes are not what they were said to be. */
const CHECKSUM_MISMATCH = 460;

export type ScanClaim = { sha256: string; mediaType: string };
export type ScanSender = { officeId: string; deviceId: string; at: Date };

/** Takes the file at `path` for good. Throws a Problem, and leaves the file, when it is not what it was said to be. */
export async function acceptScan(db: Database, folder: ScanFolder, path: string, claim: ScanClaim, sender: ScanSender): Promise<void> {
  const facts = await folder.factsOf(path);
  if (facts.sha256 !== claim.sha256) throw new Problem(CHECKSUM_MISMATCH, 'wrong-digest', 'the bytes received do not have the digest they were announced with');
  if (facts.mediaType !== claim.mediaType) throw new Problem(415, 'wrong-media-type', 'the content is not of the announced type');
  // The file first: a row without its file would call a scan verified that is not there.
  await folder.keep(path, facts.sha256);
  await db.transaction().execute((trx) => markVerified(trx, { sha256: facts.sha256, bytes: facts.bytes, mediaType: claim.mediaType, ...sender }));
}
