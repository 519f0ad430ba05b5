/** Small pictures of scans for the screen, drawn once and kept while there is room. */
import type { ScanRepository } from '../db/scan-repository.ts';
import { fail, ok, type Failure, type Result } from '../../shared/lib/result.ts';
import { askPictureWorker } from './ask-picture-worker.ts';
import { createTurns } from './turns.ts';

export type Picture = { url: string; width: number; height: number; pages: number };

/** One scan is read and unpacked at a time, on whichever screens they are asked for; the largest first, because somebody waits to read it. */
const turns = createTurns();

export type Pictures = {
  of(sha256: string, pageNumber: number, sizePx: number): Promise<Result<Picture, Failure>>;
  /** Gives all memory back; what is asked for afterwards is drawn anew. */
  clear(): void;
};

const KEPT = 200;

/** One a screen; the oldest pictures give way, their memory with them. */
export function createPictures(scans: Pick<ScanRepository, 'read'>): Pictures {
  const kept = new Map<string, Promise<Result<Picture, Failure>>>();
  const make = async (sha256: string, pageNumber: number, sizePx: number): Promise<Result<Picture, Failure>> => {
    let read = await scans.read(sha256);
    if (!read.ok) return read;
    try {
      let drawn = await askPictureWorker({ task: 'draw', ...read.value, pageNumber, sizePx });
      if (drawn === 'needs-document') {
        read = await scans.read(sha256);
        if (!read.ok) return read;
        const { drawPdfPage } = await import('./pdf-page.ts');
        drawn = await drawPdfPage(read.value.bytes, pageNumber, sizePx);
      }
      const { blob, ...size } = drawn;
      return ok({ url: URL.createObjectURL(blob), ...size });
    } catch {
      return fail('scan-not-drawable');
    }
  };
  const drop = (key: string): void => {
    const gone = kept.get(key);
    kept.delete(key);
    void gone?.then((picture) => picture.ok && URL.revokeObjectURL(picture.value.url));
  };
  return {
    of(sha256, pageNumber, sizePx) {
      const key = `${sha256}/${pageNumber}/${sizePx}`;
      const known = kept.get(key);
      if (known !== undefined) return known;
      const made = turns.take(sizePx, () => make(sha256, pageNumber, sizePx));
      kept.set(key, made);
      const [oldest] = kept.keys();
      if (kept.size > KEPT && oldest !== undefined) drop(oldest);
      return made;
    },
    clear: () => [...kept.keys()].forEach(drop),
  };
}
