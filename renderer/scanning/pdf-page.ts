/** Opens PDFs and draws their pages, in a worker or in the page itself; scripts and generated code are off, the parser runs in its own worker. */
import * as pdfjs from 'pdfjs-dist/legacy/build/pdf.mjs';

type Surface = HTMLCanvasElement | OffscreenCanvas;
export type DrawnPage = { blob: Blob; width: number; height: number; pages: number };

let parser: pdfjs.PDFWorker | undefined;

/** One parser for the life of the thread: starting one costs more than drawing a page. */
function sharedParser(): pdfjs.PDFWorker {
  parser ??= new pdfjs.PDFWorker({
    port: new Worker(new URL('pdfjs-dist/legacy/build/pdf.worker.mjs', import.meta.url), { type: 'module' }) as unknown as null,
  });
  return parser;
}

/** What `openPdf` fails with where a password is asked for. */
export const asksForPassword = (error: unknown): boolean => error instanceof Error && error.name === 'PasswordException';

/** The page is made of what only a thread with a document can draw. */
export class NeedsDocument extends Error {}

/** Colours are changed by SVG filters, which hang in a document. A page with none of them is drawn the same without. */
class FiltersWithoutDocument {
  addFilter(transfer: unknown): 'none' {
    return this.#none(transfer === null || transfer === undefined);
  }
  addAlphaFilter(): 'none' {
    return this.#none(false);
  }
  addLuminosityFilter(): 'none' {
    return this.#none(false);
  }
  /** Of forced colours on screens, and of the text editor. */
  addHCMFilter(): 'none' {
    return 'none';
  }
  addHighlightHCMFilter(): 'none' {
    return 'none';
  }
  destroy(): void {}

  #none(isNeedless: boolean): 'none' {
    if (!isNeedless) throw new NeedsDocument();
    return 'none';
  }
}

type Canvas = { canvas: OffscreenCanvas | null; context: OffscreenCanvasRenderingContext2D | null };

class OffscreenCanvases {
  create(width: number, height: number): Canvas {
    const canvas = new OffscreenCanvas(width, height);
    return { canvas, context: canvas.getContext('2d', { willReadFrequently: true }) };
  }
  reset({ canvas }: Canvas, width: number, height: number): void {
    if (canvas === null) throw new Error('a canvas that was given back');
    canvas.width = width;
    canvas.height = height;
  }
  /** Its memory is free at once, not with the next collection. */
  destroy(given: Canvas): void {
    if (given.canvas !== null) given.canvas.width = given.canvas.height = 0;
    given.canvas = given.context = null;
  }
}

const hasDocument = typeof document !== 'undefined';
/** A document is asked for no more than its fonts there, which a worker has as well. */
const withoutDocument = {
  CanvasFactory: OffscreenCanvases,
  FilterFactory: FiltersWithoutDocument,
  ownerDocument: { fonts: (globalThis as { fonts?: FontFaceSet }).fonts } as unknown as HTMLDocument,
};

/** Without scripts, generated code or forms; to be destroyed by whoever opened it. The bytes go to the parser: they are gone here. */
export const openPdf = (bytes: Uint8Array): pdfjs.PDFDocumentLoadingTask =>
  pdfjs.getDocument({
    data: bytes,
    worker: sharedParser(),
    isEvalSupported: false,
    enableXfa: false,
    useWasm: false,
    // What pdf.js finds out by asking the document.
    useWorkerFetch: false,
    useSystemFonts: true,
    disableFontFace: false,
    stopAtErrors: false,
    verbosity: 0,
    ...(hasDocument ? {} : withoutDocument),
  });

function newSurface(width: number, height: number): Surface {
  if (!hasDocument) return new OffscreenCanvas(width, height);
  return Object.assign(document.createElement('canvas'), { width, height });
}

const PICTURE = { type: 'image/webp', quality: 0.85 } as const;

function blobOf(surface: Surface): Promise<Blob> {
  if (surface instanceof OffscreenCanvas) return surface.convertToBlob(PICTURE);
  return new Promise((resolve, reject) =>
    surface.toBlob((drawn) => (drawn === null ? reject(new Error('canvas gave no picture')) : resolve(drawn)), PICTURE.type, PICTURE.quality),
  );
}

/**
 * `sizePx` bounds the longer side; the bytes are gone afterwards. Throws when the bytes are no readable PDF, and `NeedsDocument` in a worker when only the
 * page itself can draw it.
 */
export async function drawPdfPage(bytes: Uint8Array, pageNumber: number, sizePx: number): Promise<DrawnPage> {
  const task = openPdf(bytes);
  try {
    const opened = await task.promise;
    const page = await opened.getPage(pageNumber);
    const natural = page.getViewport({ scale: 1 });
    const viewport = page.getViewport({ scale: sizePx / Math.max(natural.width, natural.height) });
    const surface = newSurface(Math.max(1, Math.round(viewport.width)), Math.max(1, Math.round(viewport.height)));
    await page.render({ canvas: surface as HTMLCanvasElement, viewport, annotationMode: pdfjs.AnnotationMode.DISABLE }).promise;
    return { blob: await blobOf(surface), width: surface.width, height: surface.height, pages: opened.numPages };
  } finally {
    void task.destroy();
  }
}
