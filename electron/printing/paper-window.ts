/** The hidden window that draws papers: React in a sandbox, captured dot by dot for rolls, as PDF for sheets. */
import { BrowserWindow } from 'electron';
import { FRAME_MARK_CELLS, FRAME_MARK_HEIGHT, frameMarkBits, type DrawnPaper, type DrawRequest } from '../../shared/printing/medium.ts';
import type { Log } from '../log.ts';
import { stack, thresholdBgra, type Raster } from './raster.ts';

type RollRequest = Extract<DrawRequest, { medium: 'roll' }>;
type SheetRequest = Extract<DrawRequest, { medium: 'sheet' }>;

export type PaperWindow = {
  /** Rejects when the page cannot be drawn within fifteen seconds. */
  drawRoll(request: RollRequest): Promise<Raster>;
  /** The bytes of a PDF. Rejects as `drawRoll` does. */
  drawSheet(request: SheetRequest): Promise<Uint8Array>;
  close(): void;
};

export type PaperWindowOptions = {
  /** `app://app/paper.html`, or a file for tests. */
  load(window: BrowserWindow): Promise<void>;
  log: Log;
  idleMs?: number;
};

/** Papers longer than this are captured in parts, so that no screen is too small for them. */
const SLICE_HEIGHT = 480;
const WINDOW_WIDTH = 576;
const DRAW_LIMIT_MS = 15_000;
const CAPTURE_TRIES = 60;
const MM_PER_INCH = 25.4;
/** Chromium fills the two spans. */
const PAGE_NUMBER = '<div style="width:100%;text-align:center;font-size:7pt"><span class="pageNumber"></span>/<span class="totalPages"></span></div>';

export function createPaperWindow(options: PaperWindowOptions): PaperWindow {
  const { load, log, idleMs = 60_000 } = options;
  let window: BrowserWindow | null = null;
  let idle: NodeJS.Timeout | undefined;
  let frame = 0;
  // One page, one paper at a time.
  let last: Promise<unknown> = Promise.resolve();

  const discard = (): void => {
    clearTimeout(idle);
    const old = window;
    window = null;
    if (old !== null && !old.isDestroyed()) old.destroy();
  };

  const opened = async (): Promise<BrowserWindow> => {
    if (window !== null && !window.isDestroyed()) return window;
    window = new BrowserWindow({
      show: false,
      width: WINDOW_WIDTH,
      height: SLICE_HEIGHT + FRAME_MARK_HEIGHT,
      useContentSize: true,
      frame: false,
      skipTaskbar: true,
      backgroundColor: '#ffffff',
      webPreferences: { sandbox: true, contextIsolation: true, nodeIntegration: false, backgroundThrottling: false, spellcheck: false, devTools: false },
    });
    window.webContents.setWindowOpenHandler(() => ({ action: 'deny' }));
    window.webContents.on('will-navigate', (event) => event.preventDefault());
    window.webContents.on('render-process-gone', (_event, details) => {
      log.warn(`paper window gone: ${details.reason}`);
      discard();
    });
    await load(window);
    return window;
  };

  const exclusively = <T>(work: (window: BrowserWindow) => Promise<T>): Promise<T> => {
    const result = last.then(async () => {
      clearTimeout(idle);
      try {
        return await within(DRAW_LIMIT_MS, opened().then(work));
      } catch (error) {
        // A page that failed once may be in any state; the next try starts from a fresh one.
        discard();
        throw error;
      } finally {
        idle = setTimeout(discard, idleMs);
        idle.unref();
      }
    });
    last = result.catch(() => undefined);
    return result;
  };

  const captureSlice = async (target: BrowserWindow, pixelRatio: number, widthDots: number, offset: number, rows: number): Promise<Raster> => {
    frame = (frame + 1) % 2 ** FRAME_MARK_CELLS;
    await call(target, 'showSlice', { offset, frame });
    const rect = { x: 0, y: 0, width: Math.ceil(WINDOW_WIDTH / pixelRatio), height: Math.ceil((SLICE_HEIGHT + FRAME_MARK_HEIGHT) / pixelRatio) };
    for (let attempt = 0; attempt < CAPTURE_TRIES; attempt += 1) {
      const image = await target.webContents.capturePage(rect, { stayHidden: true });
      const capture = { bgra: image.toBitmap(), ...image.getSize() };
      if (holdsFrame(capture, frame)) return cropped(capture, widthDots, rows);
      await new Promise((resolve) => setTimeout(resolve, 16));
    }
    throw new Error('the paper never appeared in the capture');
  };

  return {
    drawRoll: (request) =>
      exclusively(async (target) => {
        const { heightDots, pixelRatio } = drawnFrom(await call(target, 'drawPaper', request));
        const slices: Raster[] = [];
        for (let offset = 0; offset < heightDots; offset += SLICE_HEIGHT) {
          slices.push(await captureSlice(target, pixelRatio, request.widthDots, offset, Math.min(SLICE_HEIGHT, heightDots - offset)));
        }
        return stack(slices);
      }),
    drawSheet: (request) =>
      exclusively(async (target) => {
        await call(target, 'drawPaper', request);
        const isA4 = request.size === 'A4';
        const sides = (isA4 ? 20 : 12) / MM_PER_INCH;
        const ends = (isA4 ? 15 : 10) / MM_PER_INCH;
        return target.webContents.printToPDF({
          pageSize: request.size,
          landscape: request.paper.kind === 'register',
          printBackground: true,
          displayHeaderFooter: true,
          headerTemplate: '<span></span>',
          footerTemplate: PAGE_NUMBER,
          margins: { top: ends, bottom: ends, left: sides, right: sides },
        });
      }),
    close: discard,
  };
}

/** Calls a function the paper page offers. The argument travels as a JSON string literal, never as code. */
const call = (target: BrowserWindow, name: 'drawPaper' | 'showSlice', argument: unknown): Promise<unknown> =>
  target.webContents.executeJavaScript(`window.${name}(${JSON.stringify(JSON.stringify(argument))})`);

function drawnFrom(answer: unknown): DrawnPaper {
  const { heightDots, pixelRatio } = (answer ?? {}) as Partial<Record<keyof DrawnPaper, unknown>>;
  if (typeof heightDots !== 'number' || !Number.isInteger(heightDots) || heightDots <= 0 || heightDots > 20_000)
    throw new Error('the paper page gave no usable height');
  if (typeof pixelRatio !== 'number' || !(pixelRatio > 0)) throw new Error('the paper page gave no usable pixel ratio');
  return { heightDots, pixelRatio };
}

type Capture = { bgra: Buffer; width: number; height: number };

function holdsFrame({ bgra, width, height }: Capture, frame: number): boolean {
  if (width < WINDOW_WIDTH || height < SLICE_HEIGHT + FRAME_MARK_HEIGHT || bgra.byteLength !== width * height * 4) return false;
  const cellWidth = WINDOW_WIDTH / FRAME_MARK_CELLS;
  const row = SLICE_HEIGHT + FRAME_MARK_HEIGHT / 2;
  return frameMarkBits(frame).every((isBlack, cell) => {
    const blue = bgra[(row * width + Math.floor((cell + 0.5) * cellWidth)) * 4]!;
    return isBlack ? blue < 64 : blue > 192;
  });
}

function cropped({ bgra, width }: Capture, widthDots: number, rows: number): Raster {
  const kept = Buffer.alloc(widthDots * rows * 4);
  for (let row = 0; row < rows; row += 1) bgra.copy(kept, row * widthDots * 4, row * width * 4, (row * width + widthDots) * 4);
  return thresholdBgra(kept, widthDots, rows);
}

function within<T>(limitMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('drawing took too long')), limitMs);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
