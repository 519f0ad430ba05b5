/** Where each unfinished upload goes on, kept over a restart; losing it costs only the bytes already sent, so nobody waits for the disk. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import type { PreviousUpload, UrlStorage } from 'tus-js-client';
import { z } from 'zod';

/** As tus-js-client makes them. */
const storedSchema = z.record(
  z.string(),
  z.object({
    size: z.number().nullable(),
    metadata: z.record(z.string(), z.string()),
    creationTime: z.string(),
    uploadUrl: z.string().nullable().default(null),
    parallelUploadUrls: z.array(z.string()).nullable().default(null),
    urlStorageKey: z.string().default(''),
  }),
);

export async function openUploadUrls(path: string): Promise<UrlStorage> {
  const stored = await readFile(path, 'utf8')
    .then((text) => storedSchema.parse(JSON.parse(text)))
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
  /** Many changes in a row become one write. Nobody hears of a full disk from here: tus would wait for ever for a URL that could not be kept. */
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
