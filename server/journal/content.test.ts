import { describe, expect, it } from 'vitest';
import { contentFault, isShallowJson } from './content.ts';

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

describe('content of an operation', () => {
  it('lets an ordinary dossier pass', () => {
    expect(contentFault({ type: 'dossier.accepted', dossier: { formData: { họ: 'Ưởng', list: [1, null, { a: '🙂' }] } } })).toBeUndefined();
  });
  it('names the place of a NUL', () => {
    expect(contentFault({ dossier: { note: 'a\0b' } })).toEqual({ reason: 'forbidden-character', field: '/dossier/note' });
  });
  it('names the place of half a surrogate pair, in a value or a key', () => {
    expect(contentFault({ list: ['x', '\ud83d'] })).toEqual({ reason: 'forbidden-character', field: '/list/1' });
    expect(contentFault({ form: { 'a\udc00': 1 } })).toEqual({ reason: 'forbidden-character', field: '/form' });
  });
  it('finds __proto__ as JSON gives it', () => {
    expect(contentFault(JSON.parse('{"a":{"__proto__":{"x":1}}}'))).toEqual({ reason: 'forbidden-key', field: '/a/__proto__' });
  });
  it('escapes pointers', () => {
    expect(contentFault({ 'a/b~': '\0' })?.field).toBe('/a~1b~0');
  });
  it('refuses nesting, and does not overflow on a lot of it', () => {
    expect(contentFault(JSON.parse(nested(100)))).toBeUndefined();
    expect(contentFault(JSON.parse(nested(101)))?.reason).toBe('too-deep');
    expect(contentFault(JSON.parse(nested(100_000)))?.reason).toBe('too-deep');
  });
  it('measures the depth of a text, brackets in strings aside', () => {
    expect(isShallowJson(nested(2_000))).toBe(true);
    expect(isShallowJson(nested(2_001))).toBe(false);
    expect(isShallowJson(JSON.stringify({ text: '['.repeat(9_000), quote: '"\\"[' }))).toBe(true);
  });
});
