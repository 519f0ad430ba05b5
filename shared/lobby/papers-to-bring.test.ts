import { describe, expect, it } from 'vitest';
import { bundledCatalogue } from '../catalogue/bundled.ts';
import { papersToBring } from './papers-to-bring.ts';

describe('papers to bring', () => {
  it('are known for every bundled procedure that asks for any in every case, the required ones first', () => {
    for (const procedure of bundledCatalogue().procedures) {
      const papers = papersToBring(procedure, 'ordinary');
      const always = procedure.papers.filter(({ when }) => Object.keys(when).length === 0);
      for (const { name, filledByEForm } of always) expect(papers.some((paper) => paper.name.split(' / ').includes(name))).toBe(!filledByEForm);
      // None that may be left at home stands before one that may not.
      expect(papers.some(({ isRequired }, at) => isRequired && papers[at - 1]?.isRequired === false)).toBe(false);
    }
  });
});
