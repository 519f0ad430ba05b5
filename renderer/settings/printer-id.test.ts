import { describe, expect, it } from 'vitest';
import { idOf } from './printer-id.ts';

describe('idOf', () => {
  it('keeps what an id may hold', () => {
    expect(idOf('Máy in Quầy Số 1 (80 mm)', [])).toBe('may-in-quay-so-1-80-mm');
    expect(idOf('打印机', [])).toBe('may-in');
    expect(idOf(`${'a'.repeat(49)} b`, [])).toBe('a'.repeat(49));
  });
  it('is different from those in use', () => {
    expect(idOf('Quầy 1', ['quay-1', 'quay-1-2'])).toBe('quay-1-3');
  });
});
