/** Where each unfinished upload goes on, kept over a restart; losing it costs only the bytes already sent. */
import { readFile } from 'node:fs/promises';
import type { PreviousUpload, UrlStorage } from 'tus-js-client';
import { writeDurably } from '../files.ts';

export async function openUploadUrls(path: string): Promise<UrlStorage> {
  const stored = await readFile(path, 'utf8')
    .then((text) => JSON.parse(text) as Record<string, PreviousUpload>)
    .catch(() => ({}));
  const uploads = new Map<string, PreviousUpload>(Object.entries(stored));
  const save = (): Promise<void> => writeDurably(path, Buffer.from(JSON.stringify(Object.fromEntries(uploads))));
  const named = ([urlStorageKey, upload]: [string, PreviousUpload]): PreviousUpload => ({ ...upload, urlStorageKey });

  return {
    findAllUploads: () => Promise.resolve([...uploads].map(named)),
    findUploadsByFingerprint: (fingerprint) => Promise.resolve([...uploads].filter(([key]) => key === fingerprint).map(named)),
    async removeUpload(key) {
      if (uploads.delete(key)) await save();
    },
    async addUpload(fingerprint, upload) {
      uploads.set(fingerprint, upload);
      await save();
      return fingerprint;
    },
  };
}
