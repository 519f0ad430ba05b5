import { describe, expect, it } from 'vitest';
import { eFormSchema } from '../../shared/catalogue/catalogue.ts';
import { askedOf } from './asked.ts';

const form = eFormSchema.parse({
  id: 'f',
  name: 'F',
  schema: {
    type: 'object',
    properties: {
      late: { type: 'boolean' },
      child: { type: 'object', properties: { fullName: { type: 'string' }, weight: { type: 'number' } } },
      copies: { type: 'array', items: { type: 'object', properties: { to: { type: 'string' } } } },
    },
    if: { properties: { late: { const: true } }, required: ['late'] },
    then: { properties: { reason: { type: 'string' } } },
  },
});

describe('askedOf', () => {
  it('leaves out the answers of a hidden section and keeps all others', () => {
    const rest = { child: { fullName: 'Mai', weight: 0 }, copies: [{ to: 'Trường' }] };
    expect(askedOf(form, { late: false, reason: 'xa', ...rest })).toEqual({ late: false, ...rest });
    expect(askedOf(form, { late: true, reason: 'xa', ...rest })).toEqual({ late: true, reason: 'xa', ...rest });
  });

  it('leaves out answers to another form', () => {
    expect(askedOf(form, { land: { area: 5 } })).toEqual({});
  });
});
