import { describe, expect, it } from 'vitest';
import { printable } from './printable.ts';

describe('printable', () => {
  it('keeps Vietnamese letters, composed', () => {
    expect(printable('Nguyễn Thị Hường'.normalize('NFD'))).toBe('Nguyễn Thị Hường');
  });
  it('turns control bytes into one space', () => {
    expect(printable('A\u001b@\u001dV\u0000B\r\nC')).toBe('A @ V B C');
  });
  it('drops characters that turn or hide text', () => {
    expect(printable('\u202Egnp.exe\u202C Lê\u200B Văn\uFEFF')).toBe('gnp.exe Lê Văn');
  });
});
