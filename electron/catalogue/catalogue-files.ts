/** The catalogue versions on this device: the one in force, and older ones that drafts in progress began with. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { bundledCatalogue } from '../../shared/catalogue/bundled.ts';
import { catalogueSchema, type Catalogue } from '../../shared/catalogue/catalogue.ts';
import { fail, ok, type Failure, type Result } from '../../shared/lib/result.ts';
import { isDiskFull, isMissing, preparePrivateFolder, writeDurably } from '../files.ts';
import type { Log } from '../log.ts';

export type CatalogueFiles = {
  current(): Catalogue;
  /** The version an intake began with, or undefined when this device no longer has it. */
  version(version: string): Promise<Catalogue | undefined>;
  /** The switch is one rename: after a crash either the old or the new version is in force. */
  install(catalogue: Catalogue): Promise<Result<{ version: string }, Failure<'disk-full'>>>;
};

const pointerSchema = z.object({ version: z.string(), file: z.string().regex(/^[0-9a-f]{64}\.json$/u) });

export async function openCatalogueFiles(folder: string, log: Log): Promise<CatalogueFiles> {
  await preparePrivateFolder(folder);
  const bundled = bundledCatalogue();
  const pointer = join(folder, 'current.json');
  const fileOf = (version: string): string => `${createHash('sha256').update(version).digest('hex')}.json`;
  const read = async (file: string): Promise<Catalogue> => catalogueSchema.parse(JSON.parse(await readFile(join(folder, file), 'utf8')));

  let current = bundled;
  try {
    current = await read(pointerSchema.parse(JSON.parse(await readFile(pointer, 'utf8'))).file);
  } catch (error) {
    if (!isMissing(error)) log.error('installed catalogue unreadable, the bundled one is in force');
  }

  return {
    current: () => current,
    async version(version) {
      if (version === current.version) return current;
      if (version === bundled.version) return bundled;
      return (await readdir(folder)).includes(fileOf(version)) ? read(fileOf(version)) : undefined;
    },
    async install(catalogue) {
      try {
        await writeDurably(join(folder, fileOf(catalogue.version)), Buffer.from(JSON.stringify(catalogue)));
        await writeDurably(pointer, Buffer.from(JSON.stringify({ version: catalogue.version, file: fileOf(catalogue.version) })));
      } catch (error) {
        if (isDiskFull(error)) return fail('disk-full');
        throw error;
      }
      current = catalogue;
      return ok({ version: catalogue.version });
    },
  };
}
