import { describe, expect, it } from 'vitest';
import { eFormSchema } from '../catalogue/catalogue.ts';
import { autofillForm, keepTrueMarks } from './autofill.ts';

const form = eFormSchema.parse({
  id: 'birth',
  name: 'Tờ khai',
  schema: { type: 'object' },
  autofill: { 'requester.fullName': 'applicant.fullName', 'requester.phone': 'applicant.phone', by: 'submitter.fullName' },
});
const applicant = { fullName: 'Lường Văn Ón', phone: '0912000111' };

describe('autofillForm', () => {
  it('fills what is empty and says whence', () => {
    expect(autofillForm(form, { applicant, submitter: { fullName: 'Lò Thị Pâng' } }, {}, {})).toEqual({
      formData: { requester: { fullName: 'Lường Văn Ón', phone: '0912000111' }, by: 'Lò Thị Pâng' },
      whence: { 'formData.requester.fullName': 'applicant', 'formData.requester.phone': 'applicant', 'formData.by': 'submitter' },
    });
  });

  it('never writes over what the officer typed', () => {
    const typed = { requester: { fullName: 'Tên khác' } };
    const filled = autofillForm(form, { applicant, submitter: undefined }, typed, {});
    expect(filled.formData).toEqual({ requester: { fullName: 'Tên khác', phone: '0912000111' } });
    expect(filled.whence).toEqual({ 'formData.requester.phone': 'applicant' });
  });

  it('follows a corrected applicant where the form was left as filled', () => {
    const first = autofillForm(form, { applicant, submitter: undefined }, {}, {});
    const second = autofillForm(form, { applicant: { ...applicant, phone: '0988' }, submitter: undefined }, first.formData, first.whence);
    expect(second.formData).toEqual({ requester: { fullName: 'Lường Văn Ón', phone: '0988' } });
  });

  it('keeps the rest of the form', () => {
    expect(autofillForm(form, { applicant, submitter: undefined }, { other: [1, 2], requester: { age: 5 } }, {}).formData).toEqual({
      other: [1, 2],
      requester: { age: 5, fullName: 'Lường Văn Ón', phone: '0912000111' },
    });
  });
});

describe('keepTrueMarks', () => {
  it('drops the mark of a field the officer changed, and only that', () => {
    const marks = { 'formData.a': 'applicant', 'formData.b': 'applicant', 'applicant.phone': 'last-dossier' } as const;
    expect(keepTrueMarks(marks, { a: 1, b: 2 }, { a: 1, b: 3 })).toEqual({ 'formData.a': 'applicant', 'applicant.phone': 'last-dossier' });
  });
});
