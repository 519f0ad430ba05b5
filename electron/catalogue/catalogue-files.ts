/** The catalogue versions on this device: the one in force, older ones that drafts in progress began with, and the calendar over all. */
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { bundledCatalogue } from '../../shared/catalogue/bundled.ts';
import { calendarSchema, catalogueSchema, type Calendar, type Catalogue } from '../../shared/catalogue/catalogue.ts';
import { fail, ok, type Failure, type Result } from '../../shared/lib/result.ts';
import { createTurns } from '../../shared/lib/turns.ts';
import type { CatalogueOrigin } from '../../shared/publications/publication.ts';
import { sha256 } from '../digest.ts';
import { isDiskFull, isMissing, preparePrivateFolder, writeDurably } from '../files.ts';
import type { Log } from '../log.ts';

export type CatalogueInForce = { version: string; origin: CatalogueOrigin; sinceMs: number | null };

export type CatalogueFiles = {
  current(): Catalogue;
  inForce(): CatalogueInForce;
  /** The version an intake began with, under the calendar in force; undefined when this device no longer has it. */
  version(version: string): Promise<Catalogue | undefined>;
  /** The switch is one rename: after a crash either the old or the new version is in force. */
  install(catalogue: Catalogue, origin: Exclude<CatalogueOrigin, 'bundled'>, nowMs: number): Promise<Result<{ version: string }, Failure<'disk-full'>>>;
  /** The province's calendar counts for every catalogue, those of intakes in progress too: a holiday binds whoever began before it was declared. */
  installCalendar(calendar: Calendar): Promise<Result<{ version: string }, Failure<'disk-full'>>>;
  /** True when something installed cannot be read any more, and what is shipped with the app stands in for it. */
  isDamaged(): boolean;
  /** Removes the versions that neither are in force nor begun with. */
  keepOnly(begunWith: ReadonlySet<string>): Promise<void>;
};

const fileName = z.string().regex(/^[0-9a-f]{64}\.json$/u);
/** Everything that is in force, in one file, so that it changes at once. Without `file`: the catalogue shipped with the app. */
const pointerSchema = z.object({
  version: z.string().optional(),
  file: fileName.optional(),
  origin: z.enum(['imported', 'province']).default('imported'),
  sinceMs: z.int().nonnegative().nullable().default(null),
  calendar: fileName.optional(),
});
type Pointer = z.infer<typeof pointerSchema>;

const POINTER = 'current.json';

export async function openCatalogueFiles(folder: string, log: Log): Promise<CatalogueFiles> {
  await preparePrivateFolder(folder);
  const bundled = bundledCatalogue();
  const nameOf = (what: string): string => `${sha256(what)}.json`;
  const fileOf = (version: string): string => nameOf(version);
  const calendarFileOf = (version: string): string => nameOf(`calendar\n${version}`);
  const read = async <T>(schema: z.ZodType<T>, file: string): Promise<T> => schema.parse(JSON.parse(await readFile(join(folder, file), 'utf8')));

  let isDamaged = false;
  /** Undefined for what is not there or cannot be read. */
  async function readInstalled<T>(schema: z.ZodType<T>, file: string | undefined, words: string): Promise<T | undefined> {
    if (file === undefined) return undefined;
    try {
      return await read(schema, file);
    } catch (error) {
      if (file === POINTER && isMissing(error)) return undefined;
      isDamaged = true;
      log.error(words);
      return undefined;
    }
  }

  let pointer: Pointer = (await readInstalled(pointerSchema, POINTER, 'it cannot be read which catalogue was in force')) ?? pointerSchema.parse({});
  const installed = await readInstalled(catalogueSchema, pointer.file, 'installed catalogue unreadable, the bundled one is in force');
  if (installed === undefined) pointer = { ...pointer, version: undefined, file: undefined };
  let calendar = await readInstalled(calendarSchema, pointer.calendar, 'the calendar of the province is unreadable, that of the catalogue is in force');
  if (calendar === undefined) pointer = { ...pointer, calendar: undefined };

  const underCalendar = (catalogue: Catalogue): Catalogue => (calendar === undefined ? catalogue : { ...catalogue, calendar });
  let own = installed ?? bundled;
  let current = underCalendar(own);

  /** One change at a time: an officer may import while the province's word comes down, and nobody removes what is being written. */
  const inTurn = createTurns();

  const write = (file: string, content: object, change: Partial<Pointer>, inForce: () => void): Promise<Result<null, Failure<'disk-full'>>> =>
    inTurn(async () => {
      const next = { ...pointer, ...change };
      try {
        await writeDurably(join(folder, file), Buffer.from(JSON.stringify(content)));
        await writeDurably(join(folder, POINTER), Buffer.from(JSON.stringify(next)));
      } catch (error) {
        if (isDiskFull(error)) return fail('disk-full');
        throw error;
      }
      pointer = next;
      inForce();
      current = underCalendar(own);
      return ok(null);
    });

  return {
    current: () => current,
    inForce: () =>
      pointer.file === undefined
        ? { version: bundled.version, origin: 'bundled', sinceMs: null }
        : { version: own.version, origin: pointer.origin, sinceMs: pointer.sinceMs },
    async version(version) {
      if (version === current.version) return current;
      if (version === bundled.version) return underCalendar(bundled);
      if (!(await readdir(folder)).includes(fileOf(version))) return undefined;
      return read(catalogueSchema, fileOf(version)).then(underCalendar, () => {
        log.error(`the catalogue ${version} can no longer be read`);
        return undefined;
      });
    },
    async install(catalogue, origin, nowMs) {
      const { version } = catalogue;
      const written = await write(fileOf(version), catalogue, { version, file: fileOf(version), origin, sinceMs: nowMs }, () => {
        own = catalogue;
      });
      return written.ok ? ok({ version }) : written;
    },
    async installCalendar(fresh) {
      const file = calendarFileOf(fresh.version);
      const written = await write(file, fresh, { calendar: file }, () => {
        calendar = fresh;
      });
      return written.ok ? ok({ version: fresh.version }) : written;
    },
    isDamaged: () => isDamaged,
    keepOnly: (begunWith) =>
      inTurn(async () => {
        // Nothing that may still be wanted: which one was in force cannot be told from a damaged pointer.
        if (isDamaged) return;
        const kept = new Set([POINTER, pointer.file, pointer.calendar, ...[...begunWith].map(fileOf)]);
        for (const name of await readdir(folder)) if (!kept.has(name)) await rm(join(folder, name), { force: true });
      }),
  };
}
