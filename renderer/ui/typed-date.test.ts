import { describe, expect, it } from 'vitest';
import { parseTypedDate } from './typed-date.ts';

describe('parseTypedDate', () => {
  it.each(['01021990', '1/2/1990', '01/02/1990', '1.2.1990', '01-02-1990', ' 1 2 1990 ', '1990-02-01'])('reads %s', (text) => {
    expect(parseTypedDate(text)).toBe('1990-02-01');
  });

  it.each(['', '30/02/1990', '32/01/1990', '1/13/1990', '1990', '1/2/90', '0001-01-01', 'mai', '29/02/2023'])('refuses %s', (text) => {
    expect(parseTypedDate(text)).toBeUndefined();
  });

  it('knows leap days', () => {
    expect(parseTypedDate('29/02/2024')).toBe('2024-02-29');
  });
});
