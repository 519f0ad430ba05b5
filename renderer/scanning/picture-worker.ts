/** Decodes and shrinks images beside the page's own thread: a colour scan at 300 dpi is 35 MB of pixels. */

export type DrawRequest = { id: number; bytes: Uint8Array<ArrayBuffer>; mediaType: string; sizePx: number };
export type DrawAnswer = { id: number; drawn: { blob: Blob; width: number; height: number } | null };

// The project's types are those of pages; of a worker only this much is needed.
const scope = self as unknown as { onmessage: ((event: MessageEvent<DrawRequest>) => void) | null; postMessage(answer: DrawAnswer): void };

async function draw({ bytes, mediaType, sizePx }: DrawRequest): Promise<NonNullable<DrawAnswer['drawn']>> {
  const full = await createImageBitmap(new Blob([bytes], { type: mediaType }));
  try {
    const scale = Math.min(1, sizePx / Math.max(full.width, full.height));
    const canvas = new OffscreenCanvas(Math.max(1, Math.round(full.width * scale)), Math.max(1, Math.round(full.height * scale)));
    const context = canvas.getContext('2d');
    if (context === null) throw new Error('no 2d context');
    context.imageSmoothingQuality = 'high';
    context.drawImage(full, 0, 0, canvas.width, canvas.height);
    return { blob: await canvas.convertToBlob({ type: 'image/webp', quality: 0.85 }), width: canvas.width, height: canvas.height };
  } finally {
    full.close();
  }
}

scope.onmessage = ({ data }) => {
  draw(data).then(
    (drawn) => scope.postMessage({ id: data.id, drawn }),
    () => scope.postMessage({ id: data.id, drawn: null }),
  );
};
