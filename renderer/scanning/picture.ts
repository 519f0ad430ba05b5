/** Small pictures of scans for the screen, drawn once and kept while there is room. */
import type { ScanRepository } from '../db/scan-repository.ts';
import { fail, ok, type Failure, type Result } from '../../shared/lib/result.ts';
import { drawImage } from './draw-image.ts';

export type Picture = { url: string; width: number; height: number; pages: number };

async function ofCanvas(canvas: HTMLCanvasElement, pages: number): Promise<Picture> {
  const blob = await new Promise<Blob>((resolve, reject) =>
    canvas.toBlob((drawn) => (drawn === null ? reject(new Error('canvas gave no picture')) : resolve(drawn)), 'image/webp', 0.85),
  );
  return { url: URL.createObjectURL(blob), width: canvas.width, height: canvas.height, pages };
}

/** Throws when the bytes cannot be drawn. */
async function draw(bytes: Uint8Array<ArrayBuffer>, mediaType: string, pageNumber: number, sizePx: number): Promise<Picture> {
  if (mediaType !== 'application/pdf') {
    const { blob, width, height } = await drawImage(bytes, mediaType, sizePx);
    return { url: URL.createObjectURL(blob), width, height, pages: 1 };
  }
  const { drawPdfPage } = await import('./pdf-page.ts');
  const { canvas, pages } = await drawPdfPage(bytes, pageNumber, sizePx);
  return ofCanvas(canvas, pages);
}

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
    const read = await scans.read(sha256);
    if (!read.ok) return read;
    try {
      return ok(await draw(read.value.bytes, read.value.mediaType, pageNumber, sizePx));
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
      const made = make(sha256, pageNumber, sizePx);
      kept.set(key, made);
      const [oldest] = kept.keys();
      if (kept.size > KEPT && oldest !== undefined) drop(oldest);
      return made;
    },
    clear: () => [...kept.keys()].forEach(drop),
  };
}
