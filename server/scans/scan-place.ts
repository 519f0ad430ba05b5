/** Opens the place of a province's scans: its folder, or the bucket that its settings name. */
import type { BucketCredentials, BucketSettings } from './bucket-settings.ts';
import { connectBucket } from './s3-bucket.ts';
import { openScanBucket } from './scan-bucket.ts';
import type { ScanFiles } from './scan-files.ts';
import { openScanFolder } from './scan-folder.ts';

export type ScanPlace = { dir: string } | { bucket: BucketSettings; credentials: BucketCredentials };

/** Throws an Error when the store refuses the bucket; one that does not answer is only told of, because it may in a minute. */
export async function openScanFiles(place: ScanPlace, onSilent: (error: Error) => void): Promise<ScanFiles> {
  if ('dir' in place) return openScanFolder(place.dir);
  const bucket = connectBucket(place.bucket, place.credentials);
  const silence = await bucket.probe();
  if (silence !== undefined) onSilent(silence);
  return openScanBucket(bucket);
}
