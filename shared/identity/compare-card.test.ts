import { describe, expect, it } from 'vitest';
import { compareCard, contradicts } from './compare-card.ts';

const card = { idNumber: '001188012345', fullName: 'Nguyễn Thị Ánh Dương', dateOfBirth: '1988-03-08', sex: 'female' } as const;

describe('compareCard', () => {
  it('names what differs, by its diacritics too, and not by case or spaces', () => {
    const lines = compareCard(card, { idNumber: '001188012345', fullName: 'NGUYỄN THỊ  Anh Dương', dateOfBirth: '1988-03-08' });
    expect(lines.map(({ field, isSame }) => [field, isSame])).toEqual([
      ['idNumber', true],
      ['fullName', false],
      ['dateOfBirth', true],
      ['sex', false],
    ]);
    expect(compareCard(card, { fullName: ' nguyễn thị ánh  dương' })[1]?.isSame).toBe(true);
  });

  it('contradicts nothing where nothing was typed', () => {
    expect(contradicts(compareCard(card, {}))).toBe(false);
    expect(contradicts(compareCard(card, { fullName: 'Nguyễn Thị Ánh Dương', phone: '0912345678' }))).toBe(false);
    expect(contradicts(compareCard(card, { sex: 'male' }))).toBe(true);
  });
});
