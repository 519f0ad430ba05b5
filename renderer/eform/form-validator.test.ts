import { describe, expect, it } from 'vitest';
import { createSchemaUtils, type RJSFSchema } from '@rjsf/utils';
import vi from '../../shared/locales/vi/eform.json';
import { formProblemWords } from './problem-words.ts';
import { createFormValidator } from './form-validator.ts';

/** i18next's look-up and interpolation, as much as these words need. */
const translate = (key: string, values: Record<string, unknown> = {}): string => {
  const text = (vi as Record<string, string>)[key];
  if (text === undefined) throw new Error(`no words for ${key}`);
  return text.replace(/\{\{(\w+)\}\}/gu, (_, name: string) => String(values[name]));
};
const words = formProblemWords(translate, (key) => key in vi);

const schema: RJSFSchema = {
  type: 'object',
  required: ['fullName', 'late'],
  properties: {
    fullName: { type: 'string', title: 'Họ, chữ đệm, tên', minLength: 2 },
    phone: { type: 'string', title: 'Điện thoại', pattern: '^0\\d{9}$' },
    born: { type: 'string', title: 'Ngày sinh', format: 'date' },
    late: { type: 'boolean', title: 'Quá hạn' },
  },
  if: { properties: { late: { const: true } }, required: ['late'] },
  then: { required: ['reason'], properties: { reason: { type: 'string', title: 'Lý do' } } },
};

describe('createFormValidator', () => {
  const validator = createFormValidator(words);

  it('says each mistake in Vietnamese at its field', () => {
    const { errorSchema, errors } = validator.validateFormData({ phone: '123', born: '31/02/2020', late: true }, schema);
    expect(errorSchema).toEqual({
      fullName: { __errors: ['Cần điền mục này'] },
      phone: { __errors: ['Không đúng mẫu quy định'] },
      born: { __errors: ['Ngày không có thật; nhập ngày/tháng/năm'] },
      reason: { __errors: ['Cần điền mục này'] },
    });
    expect(errors.map((error) => error.stack)).toContain('Họ, chữ đệm, tên: Cần điền mục này');
  });

  it('has words for a rule nobody foresaw', () => {
    expect(words({ path: ['a'], rule: 'multipleOf', limit: 5, label: 'a' })).toBe('Giá trị không hợp lệ');
  });

  it('decides which conditional section is shown', () => {
    const utils = createSchemaUtils(validator, schema);
    expect(utils.retrieveSchema(schema, { late: false }).properties).not.toHaveProperty('reason');
    expect(utils.retrieveSchema(schema, { late: true }).properties).toHaveProperty('reason');
  });
});
