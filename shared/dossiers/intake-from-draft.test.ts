import { describe, expect, it } from 'vitest';
import { catalogueSchema } from '../catalogue/catalogue.ts';
import { draftSchema, type Draft } from './draft.ts';
import { intakeFromDraft } from './intake-from-draft.ts';

const catalogue = catalogueSchema.parse({
  version: '2026.11',
  publishedBy: 'Tỉnh',
  fields: [{ id: 'ho-tich', name: 'Hộ tịch' }],
  areaClasses: [],
  calendar: { version: 'vn-2026', holidays: [], workingHours: [{ from: '07:30', to: '16:30' }], yearsCovered: [2026] },
  forms: [
    {
      id: 'birth',
      name: 'Tờ khai',
      schema: {
        type: 'object',
        required: ['child'],
        properties: { child: { type: 'object', required: ['fullName'], properties: { fullName: { type: 'string', title: 'Họ tên trẻ' } } } },
      },
    },
  ],
  procedures: [
    {
      code: '1.001193',
      name: 'Đăng ký khai sinh',
      field: 'ho-tich',
      level: 'commune',
      cases: [
        { id: 'on-time', name: 'Đúng hạn' },
        { id: 'late', name: 'Quá hạn' },
      ],
      facts: [{ id: 'abandoned', name: 'Bị bỏ rơi' }],
      timeLimits: [{ limit: { amount: 0, unit: 'working-days' } }],
      papers: [
        { id: 'application', name: 'Tờ khai', need: 'required', originals: 1, filledByEForm: true },
        { id: 'notice', name: 'Giấy chứng sinh', need: 'required', originals: 1, ifMissing: 'owe', oneOfGroup: 'proof', when: { unlessFacts: ['abandoned'] } },
        { id: 'pledge', name: 'Giấy cam đoan', need: 'required', originals: 1, oneOfGroup: 'proof', when: { unlessFacts: ['abandoned'] } },
        { id: 'minutes', name: 'Biên bản', need: 'required', originals: 1, when: { facts: ['abandoned'] } },
        { id: 'other', name: 'Giấy tờ khác', need: 'if-any', photocopies: 1 },
      ],
      fees: [
        { id: 'on-time', kind: 'le-phi', name: 'Lệ phí', when: { cases: ['on-time'] }, price: { type: 'fixed', amountVnd: 0 } },
        { id: 'late', kind: 'le-phi', name: 'Lệ phí quá hạn', when: { cases: ['late'] }, price: { type: 'range', minVnd: 1000, maxVnd: 8000 } },
      ],
      agencies: [{ role: 'decides', name: 'UBND xã' }],
      formId: 'birth',
    },
  ],
});

const page = {
  sha256: 'a'.repeat(64),
  bytes: 10,
  mediaType: 'application/pdf' as const,
  pageId: 'p1',
  rotation: 0 as const,
  source: 'file' as const,
  capturedAtMs: 1,
  capturedBy: 'op',
};
const received = (requirementId: string, pages = [page]): Draft['papers'][number] => ({
  requirementId,
  name: 'x',
  required: true,
  originals: 1,
  certifiedCopies: 0,
  photocopies: 0,
  state: 'received',
  pages,
});

const draft = (over: Partial<Draft> = {}): Draft =>
  draftSchema.parse({
    draftId: '0199c1a0-0000-7000-8000-000000000001',
    startedAtMs: 1,
    updatedAtMs: 1,
    procedureCode: '1.001193',
    caseId: 'on-time',
    applicant: { fullName: '  Lường Văn Ón ', idNumber: '014090001234', dateOfBirth: '1990-02-01', sex: 'male', phone: '' },
    formData: { child: { fullName: 'Lường Thị Mai ' } },
    papers: [received('notice')],
    ...over,
  });

const judge = (over: Partial<Draft> = {}) => intakeFromDraft(draft(over), catalogue, '2026-11-21');
const problemsOf = (over: Partial<Draft>): string[] => {
  const judged = judge(over);
  return judged.ok ? [] : judged.failure.problems.map(({ field, code }) => `${field}: ${code}`);
};

describe('intakeFromDraft', () => {
  it('makes an intake of a complete draft: tidied, absent papers said so, empty fields gone', () => {
    const judged = judge();
    expect(judged).toMatchObject({
      ok: true,
      value: {
        procedureName: 'Đăng ký khai sinh',
        catalogueVersion: '2026.11',
        caseId: 'on-time',
        applicant: { kind: 'person', fullName: 'Lường Văn Ón' },
        formData: { child: { fullName: 'Lường Thị Mai' } },
      },
    });
    if (!judged.ok) return;
    expect(judged.value.applicant).not.toHaveProperty('phone');
    expect(judged.value.papers.map(({ requirementId, state, originals, photocopies }) => [requirementId, state, originals, photocopies])).toEqual([
      ['application', 'received', 1, 0],
      ['notice', 'received', 1, 0],
      ['pledge', 'absent', 0, 0],
      ['other', 'absent', 0, 0],
    ]);
  });

  it('asks for a procedure first, and still judges the people', () => {
    expect(problemsOf({ procedureCode: undefined, applicant: {} })).toEqual(['procedureCode: choose', 'applicant.fullName: required']);
    expect(problemsOf({ procedureCode: '9.999999' })).toEqual(['procedureCode: procedure-gone']);
  });

  it('gives every problem at its field, in the order of the page', () => {
    expect(
      problemsOf({
        caseId: undefined,
        applicant: { idNumber: '12', dateOfBirth: '1990-02-30', sex: 'x', phone: 'abc', email: 'a@' },
        submitter: {},
        formData: { child: {} },
        papers: [],
      }),
    ).toEqual([
      'caseId: choose',
      'applicant.fullName: required',
      'applicant.idNumber: id-number',
      'applicant.dateOfBirth: date',
      'applicant.sex: sex',
      'applicant.phone: phone',
      'applicant.email: email',
      'submitter.relation: choose',
      'submitter.fullName: required',
      'formData.child.fullName: form',
      'papers.notice: paper-may-be-owed',
    ]);
  });

  it('refuses a date of birth after today', () => {
    expect(problemsOf({ applicant: { fullName: 'A', dateOfBirth: '2026-11-22' } })).toEqual(['applicant.dateOfBirth: date-future']);
  });

  it('names the papers of a group together and says the rule of the form', () => {
    const judged = judge({ papers: [], formData: {} });
    if (judged.ok) throw new Error('must not pass');
    expect(judged.failure.problems.map(({ details }) => details)).toEqual([
      { rule: 'required', label: 'Họ tên trẻ', part: 'child' },
      { name: 'Giấy chứng sinh / Giấy cam đoan', originals: 1, certifiedCopies: 0, photocopies: 0 },
    ]);
  });

  it('accepts a paper recorded as owed only where the law lets it be owed', () => {
    expect(problemsOf({ papers: [{ ...received('notice', []), state: 'owed' }] })).toEqual([]);
    expect(problemsOf({ papers: [{ ...received('pledge', []), state: 'owed' }] })).toEqual(['papers.notice: paper-may-be-owed']);
    expect(problemsOf({ facts: ['abandoned'], papers: [{ ...received('minutes', []), state: 'owed' }] })).toEqual(['papers.minutes: paper-missing']);
  });

  it('asks for amounts of fees published as a range, within it', () => {
    expect(problemsOf({ caseId: 'late' })).toEqual(['feeInputs.enteredVnd.late: fee-amount']);
    expect(problemsOf({ caseId: 'late', feeInputs: { copies: 1, pages: 1, enteredVnd: { late: 9000 } } })).toEqual(['feeInputs.enteredVnd.late: fee-amount']);
    expect(problemsOf({ caseId: 'late', feeInputs: { copies: 1, pages: 1, enteredVnd: { late: 8000 } } })).toEqual([]);
  });

  it('keeps scans of a paper that the chosen case no longer asks for', () => {
    const judged = judge({ facts: ['abandoned'], papers: [received('minutes'), received('notice')] });
    if (!judged.ok) throw new Error('must pass');
    expect(judged.value.papers.at(-1)).toMatchObject({ requirementId: 'extra-notice', required: false, state: 'received', pages: [page] });
  });

  it('leaves out amounts and facts of another case', () => {
    const judged = judge({ facts: ['gone'], feeInputs: { copies: 1, pages: 1, objectId: 'land', enteredVnd: { late: 5000 } } });
    expect(judged).toMatchObject({ ok: true, value: { facts: [], feeInputs: { copies: 1, pages: 1, enteredVnd: {} } } });
  });

  it('judges an organisation by its tax code', () => {
    expect(problemsOf({ applicantKind: 'organisation', applicant: { fullName: 'Công ty A', taxCode: '123', idNumber: '1' } })).toEqual([
      'applicant.taxCode: tax-code',
    ]);
    expect(judge({ applicantKind: 'organisation', applicant: { fullName: 'Công ty A', taxCode: '0101234567-001', idNumber: '1' } })).toMatchObject({
      ok: true,
      value: { applicant: { kind: 'organisation', taxCode: '0101234567-001' } },
    });
  });
});
