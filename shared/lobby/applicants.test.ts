import { describe, expect, it } from 'vitest';
import { bundledCatalogue } from '../catalogue/bundled.ts';
import { isForOrganisationsToo } from './applicants.ts';

const of = (code: string) => {
  const procedure = bundledCatalogue().procedures.find((one) => one.code === code);
  if (procedure === undefined) throw new Error(`no ${code}`);
  return procedure;
};

describe('who may stand as the applicant', () => {
  it('an organisation of a procedure that speaks of organisations, and of no other', () => {
    // By a paper, and by a fee.
    expect([of('1.013833'), of('1.011441')].map(isForOrganisationsToo)).toEqual([true, true]);
    expect([of('1.001193'), of('1.000894')].map(isForOrganisationsToo)).toEqual([false, false]);
  });
});
