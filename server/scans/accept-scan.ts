/** Owns the moment at which a scan counts as verified, whichever way its bytes came. */
import { scanMediaTypes } from '../../shared/scanning/scan.ts';
import { scanMetadataSchema } from '../../shared/sync/protocol.ts';
import { Problem } from '../problem.ts';
import type { Database } from '../db/database.ts';
import type { Judge, ScanFacts } from './scan-files.ts';
import { markVerified } from './scan-store.ts';

/** HTTP status of tus 1.0's checksum extension: the bytes are not what they were said to be. */
const CHECKSUM_MISMATCH = 460;

export type ScanClaim = { sha256: string; mediaType: string };
export type ScanSender = { officeId: string; deviceId: string; at: Date };

/** Lets `keep` take the bytes for good. Throws a Problem, and nothing is kept, when they are not what they were said to be. */
export async function acceptScan(db: Database, claim: ScanClaim, sender: ScanSender, keep: (judge: Judge) => Promise<ScanFacts>): Promise<void> {
  // The bytes first: a row without them would call a scan verified that is not there.
  const { sha256, bytes } = await keep((facts) => {
    if (facts.sha256 !== claim.sha256)
      throw new Problem(CHECKSUM_MISMATCH, 'wrong-digest', 'the bytes received do not have the digest they were announced with');
    if (facts.mediaType !== claim.mediaType) throw new Problem(415, 'wrong-media-type', 'the content is not of the announced type');
  });
  await markVerified(db, { sha256, bytes, mediaType: claim.mediaType, ...sender });
}

/** Whether the scan itself is wrong, which no second try would mend. */
export const isRefusal = (error: unknown): error is Problem => error instanceof Problem && error.status < 500;

/** What an upload says of itself before a byte of it. Throws a Problem when no scan could come of it. */
export function claimIn(metadata: unknown, bytes: number | undefined): ScanClaim {
  const claim = scanMetadataSchema.safeParse(metadata);
  if (!claim.success) throw new Problem(400, 'invalid', 'Upload-Metadata needs sha256 and mediaType');
  if (!(scanMediaTypes as readonly string[]).includes(claim.data.mediaType)) throw new Problem(415, 'wrong-media-type', 'this type of scan is not taken');
  if (bytes === undefined || bytes === 0) throw new Problem(400, 'invalid', 'Upload-Length must be known and not zero');
  return claim.data;
}
