/** Publishes a file of the province's administrator: judged whole by the rules the devices judge it by, then in force for all. */
import { gunzipSync, gzipSync } from 'node:zlib';
import { bundledCatalogue } from '../../shared/catalogue/bundled.ts';
import { calendarSchema, type Catalogue } from '../../shared/catalogue/catalogue.ts';
import { completeCatalogue, importJson, readJson, type JsonProblem } from '../../shared/catalogue/import.ts';
import { dateAt, formatDateTime } from '../../shared/lib/time.ts';
import { MAX_DOCUMENT_BYTES, usersFileSchema, type OfficeUsers, type PublicationKind } from '../../shared/publications/publication.ts';
import { readDocument } from '../../shared/publications/read-document.ts';
import type { Connection, Database } from '../db/database.ts';
import { sha256 as digestOf } from '../digest.ts';
import { digestsOfVersion, insertPublication, knownOffices, newestOfKind, officesWithUsers, takePublishingTurn } from './publication-store.ts';

/** Nothing was changed. The message names the places. */
export class NotPublished extends Error {}

export type Published = {
  kind: PublicationKind;
  version: string;
  officeId: string | null;
  sha256: string;
  bytes: number;
  /** False: the same document is in force already. */
  isNew: boolean;
  /** An office no device has been enrolled for: perhaps a slip of the pen. */
  isUnknownOffice?: true;
};

type Document = { kind: PublicationKind; officeId: string | null; version: string; content: unknown };

const SHOWN_PROBLEMS = 20;

/** `by`: whose account gave the command. Throws NotPublished for a file that is wrong in any part. */
export async function publish(db: Database, kind: PublicationKind, text: string, nowMs: number, by: string | null = null): Promise<Published[]> {
  return db.transaction().execute(async (trx) => {
    await takePublishingTurn(trx);
    const published: Published[] = [];
    for (const document of await documentsOf(trx, kind, text, nowMs)) published.push(await put(trx, document, new Date(nowMs), by));
    if (kind !== 'users') return published;
    const known = await knownOffices(trx);
    return published.map((one) => (one.officeId === null || known.has(one.officeId) ? one : { ...one, isUnknownOffice: true }));
  });
}

function documentsOf(trx: Connection, kind: PublicationKind, text: string, nowMs: number): Promise<Document[]> {
  switch (kind) {
    case 'catalogue':
      return catalogueDocuments(trx, text, nowMs);
    case 'calendar': {
      const read = readJson(calendarSchema, text);
      if (!read.ok) throw refused(read.problems);
      return Promise.resolve([{ kind, officeId: null, version: read.value.version, content: read.value }]);
    }
    case 'users':
      return userDocuments(trx, text);
  }
}

/**
 * What the file leaves out is as published before, or as shipped with the app. A calendar in it is published for itself too,
 * because on a device the newest calendar counts for every catalogue.
 */
async function catalogueDocuments(trx: Connection, text: string, nowMs: number): Promise<Document[]> {
  const { catalogue: imported, problems } = importJson(text);
  if (problems.length > 0) throw refused(problems);
  const [before, calendar] = [await newestOfKind(trx, 'catalogue', null), await newestOfKind(trx, 'calendar', null)];
  const base = before === undefined ? bundledCatalogue() : (unpacked(before.packed) as Catalogue);
  const current = calendar === undefined ? base : { ...base, calendar: unpacked(calendar.packed) as Catalogue['calendar'] };
  const version = imported.version ?? `${dateAt(nowMs)} ${formatDateTime(nowMs).slice(11)}`;
  const content: Catalogue = { ...completeCatalogue(current, imported, version), version };
  if (version === bundledCatalogue().version) throw new NotPublished(`$.version: ${version} is the version shipped with the app`);
  const own: Document = { kind: 'catalogue', officeId: null, version, content };
  if (imported.calendar === undefined) return [own];
  return [{ kind: 'calendar', officeId: null, version: imported.calendar.version, content: imported.calendar }, own];
}

/** One document an office, so that no device hears of other offices' people; an empty one where there are none any more. */
async function userDocuments(trx: Connection, text: string): Promise<Document[]> {
  const read = readJson(usersFileSchema, text);
  if (!read.ok) throw refused(read.problems);
  const { version, users } = read.value;
  const offices = new Map<string, OfficeUsers['users']>((await officesWithUsers(trx)).map((officeId) => [officeId, []]));
  for (const { office, ...user } of users) offices.set(office, [...(offices.get(office) ?? []), user]);
  return [...offices].map(([officeId, own]) => ({ kind: 'users', officeId, version, content: { version, users: own } satisfies OfficeUsers }));
}

async function put(trx: Connection, { kind, officeId, version, content }: Document, at: Date, by: string | null): Promise<Published> {
  const text = JSON.stringify(content);
  // What no device would take is not published; a catalogue refers only to what there is, now that every part is there.
  const read = readDocument(kind, text);
  if (!read.ok) throw refused(read.problems);
  const plain = Buffer.from(text, 'utf8');
  const packed = gzipSync(plain, { level: 9 });
  if (plain.byteLength > MAX_DOCUMENT_BYTES) throw new NotPublished(`the ${kind} is larger than ${MAX_DOCUMENT_BYTES / 1024 / 1024} MiB`);
  const sha256 = digestOf(plain);
  const facts = { kind, version, officeId, sha256, bytes: plain.byteLength };
  if ((await newestOfKind(trx, kind, officeId))?.sha256 === sha256) return { ...facts, isNew: false };
  // A dossier names the version it was taken in under: that name must never stand for anything else.
  if ((await digestsOfVersion(trx, kind, officeId, version)).some((other) => other !== sha256)) {
    throw new NotPublished(`$.version: ${version} was published before with other content`);
  }
  await insertPublication(trx, { ...facts, packed, at, by });
  return { ...facts, isNew: true };
}

const unpacked = (packed: Buffer): unknown => JSON.parse(gunzipSync(packed, { maxOutputLength: MAX_DOCUMENT_BYTES }).toString('utf8'));

function refused(problems: readonly JsonProblem[]): NotPublished {
  const lines = problems.slice(0, SHOWN_PROBLEMS).map(({ path, reason, value }) => `${path}: ${reason}${value === undefined ? '' : ` (${value})`}`);
  const rest = problems.length - lines.length;
  return new NotPublished([...lines, ...(rest > 0 ? [`and ${rest} more`] : [])].join('\n'));
}
