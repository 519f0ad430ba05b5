import { describe, expect, it } from 'vitest';
import { bundledCatalogue } from '../catalogue/bundled.ts';
import { usersFileSchema } from './publication.ts';
import { readDocument } from './read-document.ts';

const shipped = bundledCatalogue();
const problemsOf = (kind: Parameters<typeof readDocument>[0], content: unknown): string[] => {
  const read = readDocument(kind, typeof content === 'string' ? content : JSON.stringify(content));
  return read.ok ? [] : read.problems.map(({ path, reason }) => `${path} ${reason}`);
};

describe('a published document', () => {
  it('is read whole', () => {
    expect(readDocument('catalogue', JSON.stringify(shipped))).toEqual({ ok: true, value: { kind: 'catalogue', content: shipped } });
    expect(readDocument('calendar', JSON.stringify(shipped.calendar))).toEqual({ ok: true, value: { kind: 'calendar', content: shipped.calendar } });
  });

  it('is not used with one mistake in it, which is named', () => {
    expect(problemsOf('catalogue', { ...shipped, procedures: [{ ...shipped.procedures[0], field: 'none' }] })).toEqual([
      '$.procedures[0].field unknown-reference',
    ]);
    for (const part of ['version', 'publishedBy', 'fields', 'areaClasses', 'forms', 'calendar'])
      expect(problemsOf('catalogue', { ...shipped, [part]: undefined })).toEqual([`$.${part} missing`]);
    expect(problemsOf('calendar', { ...shipped.calendar, yearsCovered: ['2027'] })).toEqual(['$.yearsCovered[0] not-a-number']);
    expect(problemsOf('calendar', '<!doctype html>')).toEqual(['$ not-json']);
    expect(problemsOf('users', `{"version":"1","users":${'['.repeat(50_000)}${']'.repeat(50_000)}}`)).not.toEqual([]);
  });

  it('keeps roles only a newer app knows', () => {
    const users = { version: '1', users: [{ id: 'lan', name: 'Lan', roles: ['officer', 'archivist'] }] };
    expect(readDocument('users', JSON.stringify(users))).toEqual({ ok: true, value: { kind: 'users', content: users } });
  });

  it('names each person once', () => {
    const lan = { id: 'lan', name: 'Lan', roles: ['officer'], office: 'xa' };
    expect(usersFileSchema.safeParse({ version: '1', users: [lan, { ...lan, office: 'other' }] }).error?.issues[0]?.path).toEqual(['users', 1, 'id']);
  });
});
