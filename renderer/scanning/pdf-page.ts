/** Draws one page of a PDF; scripts and generated code are off, the parser runs in its worker. */
import * as pdfjs from 'pdfjs-dist/legacy/build/pdf.mjs';

let worker: pdfjs.PDFWorker | undefined;

/** One worker for the life of the page: starting one costs more than drawing a page. */
function sharedWorker(): pdfjs.PDFWorker {
  worker ??= new pdfjs.PDFWorker({
    port: new Worker(new URL('pdfjs-dist/legacy/build/pdf.worker.mjs', import.meta.url), { type: 'module' }) as unknown as null,
  });
  return worker;
}

/** What `openPdf` fails with where a password is asked for. */
export const asksForPassword = (error: unknown): boolean => error instanceof Error && error.name === 'PasswordException';

/** Without scripts, generated code or forms; to be destroyed by whoever opened it. */
export const openPdf = (bytes: Uint8Array): pdfjs.PDFDocumentLoadingTask =>
  pdfjs.getDocument({
    data: bytes.slice(),
    worker: sharedWorker(),
    isEvalSupported: false,
    enableXfa: false,
    useWasm: false,
    useSystemFonts: true,
    disableFontFace: false,
    stopAtErrors: false,
    verbosity: 0,
  });

/** `sizePx` bounds the longer side. Throws when the bytes are no readable PDF. */
export async function drawPdfPage(bytes: Uint8Array, pageNumber: number, sizePx: number): Promise<{ canvas: HTMLCanvasElement; pages: number }> {
  const task = openPdf(bytes);
  try {
    const document = await task.promise;
    const page = await document.getPage(pageNumber);
    const natural = page.getViewport({ scale: 1 });
    const viewport = page.getViewport({ scale: sizePx / Math.max(natural.width, natural.height) });
    const canvas = window.document.createElement('canvas');
    canvas.width = Math.max(1, Math.round(viewport.width));
    canvas.height = Math.max(1, Math.round(viewport.height));
    await page.render({ canvas, viewport, annotationMode: pdfjs.AnnotationMode.DISABLE }).promise;
    return { canvas, pages: document.numPages };
  } finally {
    void task.destroy();
  }
}
