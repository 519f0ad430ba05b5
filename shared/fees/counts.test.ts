import { describe, expect, it } from 'vitest';
import { bundledCatalogue } from '../catalogue/bundled.ts';
import { computeFees, feeQuestions } from './compute.ts';
import { feeCountsOf } from './counts.ts';

const { procedures, forms } = bundledCatalogue();
const form = forms.find(({ id }) => id === 'certified-copy');
const copies = procedures.find(({ code }) => code === '2.000815');
const entered = { copies: 1, pages: 1 };
const selection = { applicantKind: 'individual', channel: 'counter', facts: [] } as const;

describe('feeCountsOf', () => {
  it('counts every row of the form, and the fee is their sum', () => {
    if (copies === undefined) throw new Error('2.000815 is not in the catalogue');
    const counts = feeCountsOf(
      form,
      {
        items: [
          { paperName: 'Bằng', pages: 1, copies: 3 },
          { paperName: 'Học bạ', pages: 12, copies: 2 },
        ],
      },
      entered,
    );
    expect(counts).toEqual([
      { copies: 3, pages: 1 },
      { copies: 2, pages: 12 },
    ]);
    // 3 × 2,000 + 2 × (2 × 2,000 + 10 × 1,000)
    expect(computeFees(copies, { ...selection, ...entered, counts })).toMatchObject({ totalVnd: 34_000, lines: [{ quantity: 5 }] });
    expect(feeQuestions(copies, selection, form)).toMatchObject({ copies: false, pages: false });
  });

  it('falls back to what the officer entered where the form says nothing or nothing sensible', () => {
    expect(feeCountsOf(undefined, { items: [] }, entered)).toEqual([entered]);
    expect(feeCountsOf(form, {}, entered)).toEqual([entered]);
    expect(feeCountsOf(form, { items: 'x' }, entered)).toEqual([entered]);
    expect(feeCountsOf(form, { items: [{ copies: -1, pages: 2.5 }, null] }, entered)).toEqual([entered]);
  });
});
