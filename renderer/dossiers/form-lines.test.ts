import { describe, expect, it } from 'vitest';
import { formLines } from './form-lines.ts';

const yesNo = { yes: 'Có', no: 'Không' };
const schema = {
  type: 'object',
  properties: {
    child: {
      type: 'object',
      title: 'Trẻ được khai sinh',
      properties: {
        fullName: { type: 'string', title: 'Họ và tên' },
        bornOn: { type: 'string', format: 'date', title: 'Ngày sinh' },
        sex: {
          oneOf: [
            { const: 'male', title: 'Nam' },
            { const: 'female', title: 'Nữ' },
          ],
        },
      },
      allOf: [{ if: {}, then: { properties: { note: { type: 'string', title: 'Ghi rõ' } } } }],
    },
    copies: { type: 'boolean', title: 'Xin bản sao' },
    parcels: { type: 'array', title: 'Thửa đất', items: { type: 'object', properties: { area: { type: 'number', title: 'Diện tích' } } } },
  },
};

describe('formLines', () => {
  it('names answers by their titles, sections, choices and dates', () => {
    expect(formLines(schema, { child: { fullName: 'Trần Gia Hân', bornOn: '2026-11-02', sex: 'female', note: 'Sinh tại nhà' }, copies: true }, yesNo)).toEqual([
      { section: 'Trẻ được khai sinh', label: 'Họ và tên', value: 'Trần Gia Hân' },
      { section: 'Trẻ được khai sinh', label: 'Ngày sinh', value: '02/11/2026' },
      { section: 'Trẻ được khai sinh', label: 'sex', value: 'Nữ' },
      { section: 'Trẻ được khai sinh', label: 'Ghi rõ', value: 'Sinh tại nhà' },
      { section: '', label: 'Xin bản sao', value: 'Có' },
    ]);
  });

  it('numbers the entries of a list and leaves out what was not answered', () => {
    expect(formLines(schema, { parcels: [{ area: 120 }, { area: 80.5 }], copies: null }, yesNo)).toEqual([
      { section: 'Thửa đất 1', label: 'Diện tích', value: '120' },
      { section: 'Thửa đất 2', label: 'Diện tích', value: '80.5' },
    ]);
  });

  it('shows an answer even where the schema no longer knows the question', () => {
    expect(formLines({}, { old: 'giữ lại' }, yesNo)).toEqual([{ section: '', label: 'old', value: 'giữ lại' }]);
  });
});
