/** The port every kind of scanner is reached through. */
import type { Result } from '../../../shared/lib/result.ts';
import type { ScanJob, ScannerCapabilities, ScannerDevice, ScannerFailure, ScannerKind } from '../../../shared/scanning/scanner.ts';

export type ArrivedPage = {
  bytes: Uint8Array<ArrayBuffer>;
  name?: string;
  /** Told once the page is on disk under its digest: only now may the source let go of its own copy. */
  taken?(): Promise<void>;
};

export type ScanSource = {
  kind: ScannerKind;
  /** Never rejects: a source that cannot look now has no devices now. */
  devices(): Promise<ScannerDevice[]>;
  capabilities(deviceId: string): Promise<Result<ScannerCapabilities, ScannerFailure>>;
  /**
   * Pages in the order of the sheets; a failure comes after the pages that were whole and ends it. Ends without one when the
   * last sheet is through, or when `signal` asks for it.
   */
  scan(deviceId: string, job: ScanJob, signal: AbortSignal): AsyncIterable<Result<ArrivedPage, ScannerFailure>>;
};
