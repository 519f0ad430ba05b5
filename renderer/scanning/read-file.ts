/** Takes a file the officer chose or dropped; what can be refused without reading it is refused first. */
import { fail, ok, type Failure, type Result } from '../../shared/lib/result.ts';
import { MAX_SCAN_BYTES } from '../../shared/scanning/scan.ts';

export type ScanFileFailure = 'scan-empty' | 'scan-too-large' | 'scan-unreadable';

export async function readScanFile(file: Pick<File, 'size' | 'arrayBuffer'>): Promise<Result<Uint8Array<ArrayBuffer>, Failure<ScanFileFailure>>> {
  if (file.size === 0) return fail('scan-empty');
  if (file.size > MAX_SCAN_BYTES) return fail('scan-too-large');
  try {
    return ok(new Uint8Array(await file.arrayBuffer()));
  } catch {
    // Moved, deleted or locked between choosing and reading.
    return fail('scan-unreadable');
  }
}
