import { describe, expect, it } from 'vitest';
import { aDossier } from '../../tests/fixtures/dossiers.ts';
import { bundledCatalogue } from '../catalogue/bundled.ts';
import { emptyCounterState, reduceCounter, type CounterState } from '../journal/counter-state.ts';
import { instantOf } from '../lib/time.ts';
import { CODE_TAKEN, decideCorrection, fieldsToMend, type FieldChange } from './correct.ts';
import { dossierSchema, type Dossier } from './dossier.ts';

const catalogue = bundledCatalogue();
const atMs = instantOf('2026-11-25', '10:00');
const state: CounterState = {
  ...emptyCounterState,
  enrolment: { deviceId: 'd', instance: 7, officeId: 'an-binh' },
  leases: [{ leaseId: 'lease', from: 401, to: 402, validFrom: '2026-11-01', validTo: '2026-12-31', epoch: 1 }],
};
const copies = (change: Partial<Dossier> = {}): Dossier =>
  aDossier({
    procedureCode: '2.000815',
    catalogueVersion: catalogue.version,
    code: 'H36.12-261123-0001',
    applicant: { kind: 'person', fullName: 'Đỗ Hoàng Yến', idNumber: '001095004567', phone: '0912000111' },
    submitter: { kind: 'person', relation: 'authorised', fullName: 'Lường Văn Khang' },
    formData: { items: [{ paperName: 'Bằng tốt nghiệp THPT', pages: 1, copies: 3 }] },
    note: 'Bản cũ',
    ...change,
  });
const mend = (changes: FieldChange[], { reason = 'invalid', dossier = copies() } = {}) =>
  decideCorrection(state, { dossier, changes, reason, catalogue, codePattern: '{agency}-{yymmdd}-{order4}', atMs });
const failure = (changes: FieldChange[]) => {
  const decided = mend(changes);
  return decided.ok ? undefined : decided.failure;
};

describe('fields to mend', () => {
  it.each([
    ['/dossier/applicant/idNumber', [{ field: '/applicant/idNumber', value: '001095004567' }]],
    ['/dossier/applicant/email', [{ field: '/applicant/email', value: '' }]],
    ['/dossier/note', [{ field: '/note', value: 'Bản cũ' }]],
    ['/dossier/formData/items/0/copies', [{ field: '/formData/items/0/copies', value: '3' }]],
    ['/dossier/submitter', [{ field: '/submitter/fullName', value: 'Lường Văn Khang' }]],
    [
      '/dossier/formData/items/0',
      ['paperName', 'pages', 'copies'].map((key, at) => ({ field: `/formData/items/0/${key}`, value: ['Bằng tốt nghiệp THPT', '1', '3'][at] })),
    ],
    ['/dossier/papers/0/name', []],
    ['/dossier/officeId', []],
    ['/dossier', []],
    ['/operatorId', []],
    ['/dossier/formData/__proto__', []],
    ['/dossier/formData/toString/x', []],
    ['', []],
  ])('%s', (pointer, fields) => expect(fieldsToMend(copies(), pointer)).toEqual(fields));
});

it('names with the refused field whatever else cannot be stored', () => {
  const applicant = { kind: 'person' as const, fullName: 'Đỗ Hoàng Yến', residence: 'x\ud800' };
  const dossier = copies({ applicant, formData: { requester: { residence: 'y\0' } }, note: 'Bản cũ' });
  expect(fieldsToMend(dossier, '/dossier/formData/requester/residence').map(({ field }) => field)).toEqual([
    '/formData/requester/residence',
    '/applicant/residence',
  ]);
});

describe('a correction', () => {
  it('says the whole dossier with what was typed, tidied, and nothing else changed', () => {
    const dossier = copies();
    const decided = mend([
      { field: '/applicant/fullName', value: '  Đỗ  Hoàng Yến Nhi ' },
      { field: '/applicant/phone', value: '' },
      { field: '/formData/items/0/paperName', value: 'Bằng tốt nghiệp\nTHCS' },
      { field: '/note', value: 'Bản mới' },
    ]);
    expect(decided).toEqual({
      ok: true,
      value: {
        type: 'dossier.corrected',
        correctedAtMs: atMs,
        dossier: {
          ...dossier,
          applicant: { kind: 'person', fullName: 'Đỗ Hoàng Yến Nhi', idNumber: '001095004567' },
          formData: { items: [{ paperName: 'Bằng tốt nghiệp\nTHCS', pages: 1, copies: 3 }] },
          note: 'Bản mới',
        },
      },
    });
    expect(dossier).toEqual(copies());
  });

  it.each([
    ['a name left out', { field: '/applicant/fullName', value: ' ' }, 'required'],
    ['an id of another length', { field: '/applicant/idNumber', value: '12345' }, 'id-number'],
    ['half a letter', { field: '/note', value: 'Bản \ud800' }, 'character'],
    ['no number', { field: '/formData/items/0/pages', value: 'hai' }, 'invalid'],
    ['a rule of the form', { field: '/formData/items/0/paperName', value: '' }, 'form'],
    ['a note without end', { field: '/note', value: 'x'.repeat(2001) }, 'too-long'],
  ])('is refused at its field: %s', (_, change, code) => {
    expect(failure([change])).toMatchObject({ kind: 'field-wrong', details: { field: change.field, code } });
  });

  it('leaves what was decided and promised alone', () => {
    for (const field of [
      '/dueAtMs',
      '/code',
      '/papers/0/originals',
      '/fees/0/amountVnd',
      '/applicant/kind',
      '/formData',
      '/applicant',
      '/formData/__proto__/x',
      '/officeId',
    ])
      expect(failure([{ field, value: '1' }])).toMatchObject({ kind: 'field-fixed' });
    expect(failure([{ field: '/formData/items/0/copies', value: '9' }])).toEqual({ kind: 'fees-would-change' });
    expect(failure([{ field: '/note', value: 'Bản cũ ' }])).toEqual({ kind: 'nothing-corrected' });
    expect(failure([])).toEqual({ kind: 'nothing-corrected' });
  });

  it('gives a taken code the next number of its own day, and remembers every former one', () => {
    const first = mend([], { reason: CODE_TAKEN });
    if (!first.ok) throw new Error(first.failure.kind);
    expect(first.value).toMatchObject({
      dossier: { code: 'H36.12-261125-0401', formerCodes: ['H36.12-261123-0001'] },
      number: { leaseId: 'lease', order: 401 },
    });
    const next = decideCorrection(reduceCounter(state, { operation: first.value, atMs }), {
      ...{ dossier: first.value.dossier, changes: [], reason: CODE_TAKEN, catalogue, codePattern: '{agency}-{yymmdd}-{order4}', atMs },
    });
    if (!next.ok) throw new Error(next.failure.kind);
    expect(next.value.dossier).toMatchObject({ code: 'H36.12-261125-0402', formerCodes: ['H36.12-261123-0001', 'H36.12-261125-0401'] });
    expect(dossierSchema.parse(next.value.dossier)).toEqual(next.value.dossier);
  });
});
