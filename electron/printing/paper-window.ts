/** The hidden window that draws papers: React in a sandbox, captured dot by dot for rolls, as PDF for sheets. */
import { BrowserWindow } from 'electron';
import { FRAME_MARK_CELLS, FRAME_MARK_HEIGHT, frameMarkBits, type DrawRequest } from '../../shared/printing/medium.ts';
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

  const captureSlice = async (target: BrowserWindow, widthDots: number, offset: number, rows: number): Promise<Raster> => {
    frame = (frame + 1) % 2 ** FRAME_MARK_CELLS;
    await call(target, 'showSlice', { offset, frame });
    const rect = { x: 0, y: 0, width: WINDOW_WIDTH, height: SLICE_HEIGHT + FRAME_MARK_HEIGHT };
    for (let attempt = 0; attempt < CAPTURE_TRIES; attempt += 1) {
      const image = await target.webContents.capturePage(rect, { stayHidden: true });
      const { width, height } = image.getSize();
      const bitmap = image.toBitmap();
      if (width === rect.width && height === rect.height && bitmap.byteLength === width * height * 4 && holdsFrame(bitmap, frame)) {
        return cropped(bitmap, widthDots, rows);
      }
      await new Promise((resolve) => setTimeout(resolve, 16));
    }
    throw new Error('the paper never appeared in the capture');
  };

  return {
    drawRoll: (request) =>
      exclusively(async (target) => {
        const { heightPx } = sizeOf(await call(target, 'drawPaper', request));
        const slices: Raster[] = [];
        for (let offset = 0; offset < heightPx; offset += SLICE_HEIGHT) {
          slices.push(await captureSlice(target, request.widthDots, offset, Math.min(SLICE_HEIGHT, heightPx - offset)));
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
          printBackground: true,
          margins: { top: ends, bottom: ends, left: sides, right: sides },
        });
      }),
    close: discard,
  };
}

/** Calls a function the paper page offers. The argument travels as a JSON string literal, never as code. */
const call = (target: BrowserWindow, name: 'drawPaper' | 'showSlice', argument: unknown): Promise<unknown> =>
  target.webContents.executeJavaScript(`window.${name}(${JSON.stringify(JSON.stringify(argument))})`);

function sizeOf(answer: unknown): { heightPx: number } {
  const heightPx = typeof answer === 'object' && answer !== null && 'heightPx' in answer ? answer.heightPx : undefined;
  if (typeof heightPx !== 'number' || !Number.isInteger(heightPx) || heightPx <= 0 || heightPx > 20_000) throw new Error('the paper page gave no usable height');
  return { heightPx };
}

function holdsFrame(bitmap: Buffer, frame: number): boolean {
  const cellWidth = WINDOW_WIDTH / FRAME_MARK_CELLS;
  const row = SLICE_HEIGHT + FRAME_MARK_HEIGHT / 2;
  return frameMarkBits(frame).every((isBlack, cell) => {
    const blue = bitmap[(row * WINDOW_WIDTH + Math.floor((cell + 0.5) * cellWidth)) * 4]!;
    return isBlack ? blue < 64 : blue > 192;
  });
}

function cropped(bitmap: Buffer, widthDots: number, rows: number): Raster {
  const bgra = Buffer.alloc(widthDots * rows * 4);
  for (let row = 0; row < rows; row += 1) bitmap.copy(bgra, row * widthDots * 4, row * WINDOW_WIDTH * 4, (row * WINDOW_WIDTH + widthDots) * 4);
  return thresholdBgra(bgra, widthDots, rows);
}

function within<T>(limitMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('drawing took too long')), limitMs);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
