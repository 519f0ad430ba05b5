/** Opens PDFs and draws their pages, in a worker or in the page itself; scripts and generated code are off, the parser runs in its own worker. */
import * as pdfjs from 'pdfjs-dist/legacy/build/pdf.mjs';

type Surface = HTMLCanvasElement | OffscreenCanvas;
export type DrawnPage = { blob: Blob; width: number; height: number; pages: number };

type Parser = { pdf: pdfjs.PDFWorker; thread: Worker };
let parser: Parser | undefined;
let opened = 0;

/** Starting one costs more than drawing a page. */
function sharedParser(): Parser {
  if (parser !== undefined) return parser;
  const thread = new Worker(new URL('pdfjs-dist/legacy/build/pdf.worker.mjs', import.meta.url), { type: 'module' });
  return (parser = { pdf: new pdfjs.PDFWorker({ port: thread as unknown as null }), thread });
}

/** From this size on a file would be felt while the parser, with nothing to do, keeps what it had of it. */
const LARGE_BYTES = 4 * 2 ** 20;

function closeParser(): void {
  parser?.pdf.destroy();
  parser?.thread.terminate();
  parser = undefined;
}

/** What `withPdf` fails with where a password is asked for. */
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

/** Opened without scripts, generated code or forms, and closed after `work`. The bytes go to the parser: they are gone here. */
export async function withPdf<T>(bytes: Uint8Array, work: (pdf: pdfjs.PDFDocumentProxy) => Promise<T>): Promise<T> {
  const isLarge = bytes.byteLength > LARGE_BYTES;
  opened += 1;
  const task = pdfjs.getDocument({
    data: bytes,
    worker: sharedParser().pdf,
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
  try {
    return await work(await task.promise);
  } finally {
    opened -= 1;
    if (isLarge && opened === 0) closeParser();
    else void task.destroy();
  }
}

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
export function drawPdfPage(bytes: Uint8Array, pageNumber: number, sizePx: number): Promise<DrawnPage> {
  return withPdf(bytes, async (pdf) => {
    const page = await pdf.getPage(pageNumber);
    const natural = page.getViewport({ scale: 1 });
    const viewport = page.getViewport({ scale: sizePx / Math.max(natural.width, natural.height) });
    const surface = newSurface(Math.max(1, Math.round(viewport.width)), Math.max(1, Math.round(viewport.height)));
    await page.render({ canvas: surface as HTMLCanvasElement, viewport, annotationMode: pdfjs.AnnotationMode.DISABLE }).promise;
    return { blob: await blobOf(surface), width: surface.width, height: surface.height, pages: pdf.numPages };
  });
}
