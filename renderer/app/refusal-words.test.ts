import type { TFunction } from 'i18next';
import { describe, expect, it } from 'vitest';
import { fieldWords, reasonWords } from './refusal-words.ts';

const known: Record<string, string> = { 'sync:needsFix.reason.invalid': 'Chưa đúng', 'dossiers:party.idNumber': 'Số định danh' };
const t = ((key: string) => known[key]) as unknown as TFunction;
const exists = (key: string) => key in known;

describe('words for what the province refused', () => {
  it('says a known reason and field as the screens do', () => {
    expect(reasonWords('invalid', t, exists)).toBe('Chưa đúng');
    expect(fieldWords('/dossier/applicant/idNumber', t, exists)).toBe('Số định danh');
  });

  it('hides nothing of a reason or field it has no words for', () => {
    expect(reasonWords('quota', t, exists)).toBe('quota');
    expect(fieldWords('/dossier/papers/3/originals', t, exists)).toBe('papers › 3 › originals');
  });
});
