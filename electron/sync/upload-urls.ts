/** Where each unfinished upload goes on, kept over a restart; losing it costs only the bytes already sent, so nobody waits for the disk. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import type { PreviousUpload, UrlStorage } from 'tus-js-client';

export async function openUploadUrls(path: string): Promise<UrlStorage> {
  const stored = await readFile(path, 'utf8')
    .then((text) => JSON.parse(text) as Record<string, PreviousUpload>)
    .catch(() => ({}));
  const uploads = new Map<string, PreviousUpload>(Object.entries(stored));
  const named = ([urlStorageKey, upload]: [string, PreviousUpload]): PreviousUpload => ({ ...upload, urlStorageKey });

  let writing: Promise<void> | undefined;
  let isStale = false;
  async function write(): Promise<void> {
    while (isStale) {
      isStale = false;
      await writeFile(`${path}.new`, JSON.stringify(Object.fromEntries(uploads)), { mode: 0o600 });
      await rename(`${path}.new`, path);
    }
  }
  /** Many changes in a row become one write. A full disk keeps no upload from going on. */
  const save = (): void => {
    isStale = true;
    writing ??= write()
      .catch(() => undefined)
      .finally(() => {
        writing = undefined;
      });
  };

  return {
    findAllUploads: () => Promise.resolve([...uploads].map(named)),
    findUploadsByFingerprint: (fingerprint) => Promise.resolve([...uploads].filter(([key]) => key === fingerprint).map(named)),
    removeUpload(key) {
      if (uploads.delete(key)) save();
      return Promise.resolve();
    },
    addUpload(fingerprint, upload) {
      uploads.set(fingerprint, upload);
      save();
      return Promise.resolve(fingerprint);
    },
  };
}
