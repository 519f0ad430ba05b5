/** Small pictures of scans for the screen, drawn once and kept while there is room. */
import type { ScanRepository } from '../db/scan-repository.ts';
import { fail, ok, type Failure, type Result } from '../../shared/lib/result.ts';

export type Picture = { url: string; width: number; height: number; pages: number };

const toPicture = async (canvas: HTMLCanvasElement, pages: number): Promise<Picture> => {
  const blob = await new Promise<Blob>((resolve, reject) =>
    canvas.toBlob((drawn) => (drawn === null ? reject(new Error('canvas gave no picture')) : resolve(drawn)), 'image/webp', 0.85),
  );
  return { url: URL.createObjectURL(blob), width: canvas.width, height: canvas.height, pages };
};

async function drawImage(bytes: Uint8Array<ArrayBuffer>, mediaType: string, sizePx: number): Promise<HTMLCanvasElement> {
  const full = await createImageBitmap(new Blob([bytes], { type: mediaType }));
  try {
    const scale = Math.min(1, sizePx / Math.max(full.width, full.height));
    const canvas = document.createElement('canvas');
    canvas.width = Math.max(1, Math.round(full.width * scale));
    canvas.height = Math.max(1, Math.round(full.height * scale));
    const context = canvas.getContext('2d');
    if (context === null) throw new Error('no 2d context');
    context.imageSmoothingQuality = 'high';
    context.drawImage(full, 0, 0, canvas.width, canvas.height);
    return canvas;
  } finally {
    full.close();
  }
}

/** Throws when the bytes cannot be drawn. */
async function draw(bytes: Uint8Array<ArrayBuffer>, mediaType: string, pageNumber: number, sizePx: number): Promise<Picture> {
  if (mediaType !== 'application/pdf') return toPicture(await drawImage(bytes, mediaType, sizePx), 1);
  const { drawPdfPage } = await import('./pdf-page.ts');
  const { canvas, pages } = await drawPdfPage(bytes, pageNumber, sizePx);
  return toPicture(canvas, pages);
}

export type Pictures = { of(sha256: string, pageNumber: number, sizePx: number): Promise<Result<Picture, Failure>> };

const KEPT = 200;

/** One a screen; the oldest pictures give way, their memory with them. */
export function createPictures(scans: ScanRepository): Pictures {
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
  return {
    of(sha256, pageNumber, sizePx) {
      const key = `${sha256}/${pageNumber}/${sizePx}`;
      const known = kept.get(key);
      if (known !== undefined) return known;
      const made = make(sha256, pageNumber, sizePx);
      kept.set(key, made);
      const [oldest, gone] = kept.size > KEPT ? ([...kept][0] ?? []) : [];
      if (oldest !== undefined) {
        kept.delete(oldest);
        void gone?.then((picture) => picture.ok && URL.revokeObjectURL(picture.value.url));
      }
      return made;
    },
  };
}
