/** Reads a scan from this device, or from the province when it has left the device or its file is damaged. */
import { fail, ok, unreachable, type Failure, type Result } from '../../shared/lib/result.ts';
import type { ProvinceFailure } from '../../shared/sync/engine.ts';
import { mediaTypeOf } from '../../shared/scanning/media-type.ts';
import type { ScanFiles } from './scan-files.ts';

export type ScanContent = { bytes: Uint8Array<ArrayBuffer>; mediaType: string };

type Options = {
  files: Pick<ScanFiles, 'read' | 'put'>;
  /** Bytes that have this digest, from the province. */
  fetchScan(sha256: string): Promise<Result<Uint8Array<ArrayBuffer>, ProvinceFailure>>;
};

/** `scan-away`: not on this device, and the province cannot be asked now. */
export type ReadScanFailure = Failure<'scan-missing' | 'scan-damaged' | 'scan-away'>;

export const createScanReader =
  ({ files, fetchScan }: Options) =>
  async (sha256: string): Promise<Result<ScanContent, ReadScanFailure>> => {
    const local = await files.read(sha256);
    if (local.ok) return local;
    const fetched = await fetchScan(sha256);
    if (!fetched.ok) {
      switch (fetched.failure.kind) {
        case 'refused':
          return local;
        case 'unreachable':
        case 'not-the-province':
        case 'busy':
          return local.failure.kind === 'scan-missing' ? fail('scan-away') : local;
        default:
          return unreachable(fetched.failure);
      }
    }
    const bytes = fetched.value;
    const mediaType = mediaTypeOf(bytes);
    if (mediaType === undefined) return fail('scan-damaged');
    // A damaged file is mended; what left on purpose does not come back to stay.
    if (local.failure.kind === 'scan-damaged') await files.put(bytes.slice());
    return ok({ bytes, mediaType });
  };
