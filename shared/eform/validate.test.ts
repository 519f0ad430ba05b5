import { describe, expect, it } from 'vitest';
import { labelOf, validateAgainst, validateForm } from './validate.ts';

const schema = {
  type: 'object',
  required: ['child', 'kind'],
  properties: {
    kind: { type: 'string', title: 'Loại', enum: ['on-time', 'late'] },
    child: {
      type: 'object',
      title: 'Trẻ',
      required: ['fullName', 'dateOfBirth'],
      properties: {
        fullName: { type: 'string', title: 'Họ tên trẻ', minLength: 2 },
        dateOfBirth: { type: 'string', title: 'Ngày sinh', format: 'date' },
        weight: { type: 'number', title: 'Cân nặng', minimum: 300 },
      },
    },
    copies: { type: 'array', title: 'Bản sao', items: { type: 'object', required: ['to'], properties: { to: { type: 'string', title: 'Gửi tới' } } } },
  },
  if: { properties: { kind: { const: 'late' } }, required: ['kind'] },
  then: { required: ['reason'], properties: { reason: { type: 'string', title: 'Lý do quá hạn', minLength: 5 } } },
};

describe('validateAgainst', () => {
  it('names each missing field where it belongs, with its own title', () => {
    expect(validateAgainst(schema, { kind: 'on-time', child: {} })).toEqual([
      { path: ['child', 'fullName'], rule: 'required', label: 'Họ tên trẻ' },
      { path: ['child', 'dateOfBirth'], rule: 'required', label: 'Ngày sinh' },
    ]);
  });

  it('asks for the fields of a condition only while it holds', () => {
    const child = { fullName: 'Lò Thị Mai', dateOfBirth: '2026-11-01' };
    expect(validateAgainst(schema, { kind: 'on-time', child })).toEqual([]);
    expect(validateAgainst(schema, { kind: 'late', child })).toEqual([{ path: ['reason'], rule: 'required', label: 'Lý do quá hạn' }]);
  });

  it('gives the limit of the rule that is broken', () => {
    const child = { fullName: 'L', dateOfBirth: '2026-02-30', weight: 200 };
    expect(validateAgainst(schema, { kind: 'on-time', child })).toEqual([
      { path: ['child', 'fullName'], rule: 'minLength', label: 'Họ tên trẻ', limit: 2 },
      { path: ['child', 'dateOfBirth'], rule: 'format', label: 'Ngày sinh', limit: 'date' },
      { path: ['child', 'weight'], rule: 'minimum', label: 'Cân nặng', limit: 300 },
    ]);
  });

  it('finds fields inside arrays', () => {
    const child = { fullName: 'Lò Thị Mai', dateOfBirth: '2026-11-01' };
    expect(validateAgainst(schema, { kind: 'on-time', child, copies: [{ to: 'Trường' }, {}] })).toEqual([
      { path: ['copies', '1', 'to'], rule: 'required', label: 'Gửi tới' },
    ]);
  });

  it('speaks only of the branch that was chosen', () => {
    const choice = {
      type: 'object',
      oneOf: [
        { properties: { how: { const: 'post' }, address: { type: 'string', title: 'Địa chỉ' } }, required: ['address'] },
        { properties: { how: { const: 'counter' }, hour: { type: 'string', title: 'Giờ' } }, required: ['hour'] },
      ],
    };
    expect(validateAgainst(choice, { how: 'post' })).toEqual([{ path: ['address'], rule: 'required', label: 'Địa chỉ' }]);
  });
});

describe('validateForm', () => {
  it('tells a part not begun field by field', () => {
    expect(validateForm({ schema: schema, uiSchema: {} }, { kind: 'on-time' }).map(({ path }) => path.join('.'))).toEqual([
      'child.fullName',
      'child.dateOfBirth',
    ]);
    const nested = {
      type: 'object',
      required: ['a'],
      properties: { a: { type: 'object', required: ['b'], properties: { b: { type: 'object', required: ['c'], properties: { c: { type: 'string' } } } } } },
    };
    expect(validateForm({ schema: nested, uiSchema: {} }, undefined).map(({ path }) => path.join('.'))).toEqual(['a.b.c']);
  });
});

describe('validateForm, order', () => {
  const field = { type: 'string' };
  const ordered = {
    type: 'object',
    required: ['c', 'a', 'b'],
    properties: { a: field, b: { type: 'object', required: ['y', 'x'], properties: { x: field, y: field } }, c: field },
  };
  const order = (uiSchema: object) => validateForm({ schema: ordered, uiSchema: uiSchema as never }, {}).map(({ path }) => path.join('.'));

  it('is that of the schema, or of `ui:order` at each level', () => {
    expect(order({})).toEqual(['a', 'b.x', 'b.y', 'c']);
    expect(order({ 'ui:order': ['b', 'c', 'a'], b: { 'ui:order': ['y', 'x'] } })).toEqual(['b.y', 'b.x', 'c', 'a']);
  });
});

describe('labelOf', () => {
  it('falls back to the key when the schema has no title', () => {
    expect(labelOf({ properties: { a: {} } }, ['a'])).toBe('a');
  });
});
