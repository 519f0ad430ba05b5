/** The catalogue shipped with the app: what a counter works with until its province sends its own. */
import type { z } from 'zod';
import { vietnamCalendar } from '../calendar/vietnam.ts';
import type { Catalogue, EForm, eFormSchema, Procedure, procedureSchema } from './catalogue.ts';
import areaClasses from './data/area-classes.json';
import fields from './data/fields.json';
import { formFiles } from './data/forms.ts';
import { procedureFiles } from './data/procedures.ts';

/** A dossier keeps the version it was taken in under, so any change of the data needs a new one. */
const VERSION = 'mau-2026.11';

/** The schema's own defaults. Parsing 300 kB of data we ship costs a start 80 ms; the test holds the two equal instead. */
const completeProcedure = (file: z.input<typeof procedureSchema>): Procedure => ({
  alsoKnownAs: [],
  cases: [],
  objects: [],
  facts: [],
  legalBasis: [],
  onlineLevel: 'partial',
  trust: 'published',
  ...file,
  timeLimits: file.timeLimits.map((limit) => ({ when: {}, excludes: [], extraByArea: [], ...limit })),
  papers: file.papers.map((paper) => ({ when: {}, originals: 0, certifiedCopies: 0, photocopies: 0, ifMissing: 'block', filledByEForm: false, ...paper })),
  fees: file.fees.map((fee) => ({ when: {}, exemptions: [], ...fee, price: fee.price.type === 'per-copy' ? { free: 0, ...fee.price } : fee.price })),
  agencies: file.agencies.map((agency) => ({ when: {}, ...agency })),
});

const completeForm = (file: z.input<typeof eFormSchema>): EForm => ({ uiSchema: {}, autofill: {}, ...file });

/** The whole shipped catalogue; every call builds it anew, so nobody can change another's. */
export const bundledCatalogue = (): Catalogue => ({
  version: VERSION,
  publishedBy: 'Danh mục mẫu kèm phần mềm',
  fields,
  areaClasses,
  procedures: (procedureFiles as z.input<typeof procedureSchema>[]).map(completeProcedure),
  forms: (formFiles as z.input<typeof eFormSchema>[]).map(completeForm),
  calendar: vietnamCalendar,
});
