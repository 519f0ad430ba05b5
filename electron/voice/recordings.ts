/** The office's own recordings of the board's voice: a folder laid out as the bundled clips are. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClipId } from '../../shared/voice/clips.ts';
import type { Log } from '../log.ts';

/** What Chromium decodes everywhere; the first that is there counts. */
const EXTENSIONS = ['ogg', 'opus', 'wav', 'mp3', 'flac'];
/** A minute of uncompressed speech: anything longer is no clip. */
const MAX_BYTES = 6 * 1024 * 1024;

/** Null: not recorded, or not readable, which the log says. */
export type Recordings = (clip: ClipId) => Promise<Uint8Array<ArrayBuffer> | null>;

export function createRecordings(folder: string | undefined, log: Log): Recordings {
  if (folder === undefined) return async () => null;
  return async (clip) => {
    for (const extension of EXTENSIONS) {
      const path = join(folder, `${clip}.${extension}`);
      try {
        const { size } = await stat(path);
        if (size <= MAX_BYTES) return new Uint8Array(await readFile(path));
        log.warn(`recording ${clip}.${extension} is too long to be a clip`);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') log.warn(`recording ${clip}.${extension} cannot be read`);
      }
    }
    return null;
  };
}
