/** Draws pages small and judges PDFs beside the page's own thread: a colour scan at 300 dpi is 35 MB of pixels. */
import type { Failure, Result } from '../../shared/lib/result.ts';
import type { DrawnPage } from './pdf-page.ts';

export type PictureTask =
  { task: 'draw'; bytes: Uint8Array<ArrayBuffer>; mediaType: string; pageNumber: number; sizePx: number } | { task: 'inspect'; file: Blob };
export type PictureAnswers = {
  /** `needs-document`: a PDF that only the page itself can draw. */
  draw: DrawnPage | 'needs-document';
  inspect: Result<{ pages: number }, Failure>;
};
export type PictureRequest = PictureTask & { id: number };
export type PictureAnswer = { id: number; done: PictureAnswers[PictureTask['task']] } | { id: number; failed: true };

// The project's types are those of pages; of a worker only this much is needed.
const scope = self as unknown as { onmessage: ((event: MessageEvent<PictureRequest>) => void) | null; postMessage(answer: PictureAnswer): void };

async function drawImage(image: Blob, sizePx: number): Promise<DrawnPage> {
  const full = await createImageBitmap(image);
  try {
    const scale = Math.min(1, sizePx / Math.max(full.width, full.height));
    const canvas = new OffscreenCanvas(Math.max(1, Math.round(full.width * scale)), Math.max(1, Math.round(full.height * scale)));
    const context = canvas.getContext('2d');
    if (context === null) throw new Error('no 2d context');
    context.imageSmoothingQuality = 'high';
    context.drawImage(full, 0, 0, canvas.width, canvas.height);
    return { blob: await canvas.convertToBlob({ type: 'image/webp', quality: 0.85 }), width: canvas.width, height: canvas.height, pages: 1 };
  } finally {
    full.close();
  }
}

async function answer(request: PictureRequest): Promise<PictureAnswers[PictureTask['task']]> {
  switch (request.task) {
    case 'draw': {
      const { bytes, mediaType, pageNumber, sizePx } = request;
      if (mediaType !== 'application/pdf') return drawImage(new Blob([bytes], { type: mediaType }), sizePx);
      const { drawPdfPage, NeedsDocument } = await import('./pdf-page.ts');
      return drawPdfPage(bytes, pageNumber, sizePx).catch((error: unknown) => {
        if (error instanceof NeedsDocument) return 'needs-document' as const;
        throw error;
      });
    }
    case 'inspect': {
      const { inspectPdf } = await import('./inspect-pdf.ts');
      return inspectPdf(new Uint8Array(await request.file.arrayBuffer()));
    }
  }
}

scope.onmessage = ({ data }) => {
  answer(data).then(
    (done) => scope.postMessage({ id: data.id, done }),
    () => scope.postMessage({ id: data.id, failed: true }),
  );
};
