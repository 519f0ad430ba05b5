/** Judges a published document before it is used: the same at the province that publishes it and on the device that gets it. */
import { calendarSchema, type Calendar, type Catalogue } from '../catalogue/catalogue.ts';
import { importJson, readJson, type JsonProblem } from '../catalogue/import.ts';
import { officeUsersSchema, type OfficeUsers, type PublicationKind } from './publication.ts';

export type ReadDocument = { kind: 'catalogue'; content: Catalogue } | { kind: 'calendar'; content: Calendar } | { kind: 'users'; content: OfficeUsers };

type Reading<T> = { ok: true; value: T } | { ok: false; problems: JsonProblem[] };

/** Whole or not at all: a document with one mistake is not used. */
export function readDocument(kind: PublicationKind, text: string): Reading<ReadDocument> {
  switch (kind) {
    case 'catalogue':
      return ofKind(kind, readCatalogue(text));
    case 'calendar':
      return ofKind(kind, readJson(calendarSchema, text));
    case 'users':
      return ofKind(kind, readJson(officeUsersSchema, text));
  }
}

const ofKind = <K extends PublicationKind, T>(kind: K, reading: Reading<T>): Reading<{ kind: K; content: T }> =>
  reading.ok ? { ok: true, value: { kind, content: reading.value } } : reading;

const parts = ['version', 'publishedBy', 'fields', 'areaClasses', 'forms', 'calendar'] as const;

/** Unlike an import, with every part of it: nothing is filled in from what happens to be in use. */
function readCatalogue(text: string): Reading<Catalogue> {
  const { catalogue, problems } = importJson(text);
  if (problems.length > 0) return { ok: false, problems };
  const missing = parts.filter((part) => catalogue[part] === undefined);
  if (missing.length > 0) return { ok: false, problems: missing.map((part) => ({ path: `$.${part}`, reason: 'missing' as const })) };
  return { ok: true, value: catalogue as Catalogue };
}
