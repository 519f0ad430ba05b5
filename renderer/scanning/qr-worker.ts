/** Reads QR codes beside the page's own thread; as a worker it may compile WebAssembly, which no page may (electron/protocol.ts). */
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import wasmUrl from 'zxing-wasm/reader/zxing_reader.wasm?url';
import { dimensionsOf } from '../../shared/scanning/dimensions.ts';
import { MAX_SCAN_BYTES, MAX_SCAN_PIXELS } from '../../shared/scanning/scan.ts';

export type QrRequest = { id: number; picture: Blob };
/** No texts: none could be read. `isReadable` false: it is no picture. */
export type QrAnswer = { id: number; texts: string[]; isReadable: boolean };

const scope = self as unknown as { onmessage: ((event: MessageEvent<QrRequest>) => void) | null; postMessage(answer: QrAnswer): void };

prepareZXingModule({ overrides: { locateFile: () => wasmUrl } });

/** A card lies small on a large picture: more than this only costs time. */
const MOST_PIXELS = 4_000_000;

async function read(picture: Blob): Promise<string[]> {
  const size = dimensionsOf(new Uint8Array(await picture.arrayBuffer()));
  if (size === undefined || picture.size > MAX_SCAN_BYTES || size.width * size.height > MAX_SCAN_PIXELS) throw new Error('no picture');
  const bitmap = await createImageBitmap(picture);
  try {
    const scale = Math.min(1, Math.sqrt(MOST_PIXELS / (bitmap.width * bitmap.height)));
    const canvas = new OffscreenCanvas(Math.max(1, Math.round(bitmap.width * scale)), Math.max(1, Math.round(bitmap.height * scale)));
    const context = canvas.getContext('2d', { willReadFrequently: true });
    if (context === null) throw new Error('no 2d context');
    context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    const found = await readBarcodes(context.getImageData(0, 0, canvas.width, canvas.height), { formats: ['QRCode'], tryHarder: true });
    return found.filter(({ isValid }) => isValid).map(({ text }) => text);
  } finally {
    bitmap.close();
  }
}

scope.onmessage = ({ data: { id, picture } }) => {
  read(picture).then(
    (texts) => scope.postMessage({ id, texts, isReadable: true }),
    () => scope.postMessage({ id, texts: [], isReadable: false }),
  );
};
