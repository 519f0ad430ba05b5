/** One scan from the first sheet to the last: each page fetched, worked on, kept and only then let go of, so that a break costs one page. */
import type { Bridge } from '../../shared/ipc/contract.ts';
import type { Failure } from '../../shared/lib/result.ts';
import type { ColourMode, ScanJob, ScannedPage } from '../../shared/scanning/scanner.ts';

export type ScanProgress = { pages: number; blanks: number; refused: number };
export type ScanEnd = ScanProgress & { failure?: Failure };

type Options = {
  bridge: Pick<Bridge, 'invoke'>;
  deviceId: string;
  job: ScanJob;
  /** `blank`: left out on purpose. */
  keep(page: ScannedPage): Promise<'kept' | 'refused' | 'blank'>;
  onProgress(progress: ScanProgress): void;
  signal: AbortSignal;
};

/** Never rejects: what stopped it is in its end. */
export async function runScan({ bridge, deviceId, job, keep, onProgress, signal }: Options): Promise<ScanEnd> {
  const progress: ScanProgress = { pages: 0, blanks: 0, refused: 0 };
  const started = await bridge.invoke('scanning:start', { deviceId, job });
  if (!started.ok) return { ...progress, failure: started.failure };
  const { scanId } = started.value;
  const stop = () => void bridge.invoke('scanning:stop', { scanId });
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    let isTaken = false;
    for (;;) {
      const next = await bridge.invoke('scanning:next', { scanId, isTaken });
      if (!next.ok) return { ...progress, failure: next.failure };
      if (next.value === null) return progress;
      const outcome = await keep(next.value);
      isTaken = outcome !== 'refused';
      progress[outcome === 'kept' ? 'pages' : outcome === 'blank' ? 'blanks' : 'refused'] += 1;
      onProgress({ ...progress });
    }
  } catch {
    stop();
    return { ...progress, failure: { kind: 'scanner-failed' } };
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** What the scanner is asked for: black and white is made here out of its grey, where the threshold follows the paper. */
export const askedMode = (mode: ColourMode, modes: readonly ColourMode[]): ColourMode => (mode === 'bilevel' && modes.includes('grey') ? 'grey' : mode);
