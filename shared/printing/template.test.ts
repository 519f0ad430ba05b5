import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aDossier, aHeading, aLandDossier } from '../../tests/fixtures/dossiers.ts';
import { fillTemplate, paperTemplateSchema, placeholders } from './template.ts';

const template = (blocks: unknown[]) => paperTemplateSchema.parse({ id: 'phieu', name: 'Phiếu', blocks });
const problems = (block: unknown): string[] => {
  const parsed = paperTemplateSchema.safeParse({ id: 'phieu', name: 'Phiếu', blocks: [block] });
  return parsed.success ? [] : JSON.stringify(parsed.error.issues).length > 0 ? [JSON.stringify(parsed.error.issues)] : [];
};
const source = { dossier: aLandDossier(), heading: aHeading, printedAtMs: Date.parse('2026-12-31T15:30:00+07:00') };

describe('paper templates', () => {
  it('fill what they name, and leave out fields and tables that have nothing to say', () => {
    const filled = fillTemplate(
      template([
        { type: 'text', text: 'Hồ sơ {{dossier.code}} của {{ applicant.name }}', align: 'center', size: 'large', bold: true },
        { type: 'field', label: 'Điện thoại', value: '{{applicant.phone}}' },
        { type: 'field', label: 'Ghi chú', value: '{{dossier.note}}' },
        { type: 'line' },
        { type: 'qr', text: 'QMC:{{dossier.code}}' },
        {
          type: 'table',
          of: 'fees',
          columns: [
            { title: 'Khoản', value: '{{row.name}}' },
            { value: '{{row.amount}}', align: 'right' },
          ],
        },
        { type: 'table', of: 'owed', columns: [{ value: '{{row.number}}. {{row.name}}' }] },
      ]),
      source,
    );
    expect(filled.map(({ type }) => type)).toEqual(['text', 'field', 'line', 'qr', 'table', 'table']);
    expect(filled[0]).toMatchObject({ text: `Hồ sơ H36.12-261231-0017 của ${aLandDossier().applicant.fullName}` });
    expect(filled[3]).toEqual({ type: 'qr', text: 'QMC:H36.12-261231-0017' });
    expect(filled[4]).toMatchObject({
      columns: [
        { title: 'Khoản', align: 'left' },
        { title: '', align: 'right' },
      ],
      rows: [
        [expect.any(String), '720.000 đ'],
        [expect.any(String), '150.000 đ'],
        [expect.any(String), '30.000 đ'],
      ],
    });
    expect(filled[5]).toMatchObject({ rows: [['1. Mảnh trích đo bản đồ địa chính thửa đất']] });
  });

  it('say instead what an empty table has for it', () => {
    const owed = { type: 'table', of: 'owed', columns: [{ value: '{{row.name}}' }], whenEmpty: 'Không thiếu giấy tờ.' };
    expect(fillTemplate(template([owed]), { ...source, dossier: aDossier() })).toEqual([
      expect.objectContaining({ type: 'text', text: 'Không thiếu giấy tờ.' }),
    ]);
  });

  it.each([
    [{ type: 'text', text: 'Mật khẩu {{settings.password}}' }, 'no placeholder'],
    [{ type: 'text', text: '{{constructor}}' }, 'no placeholder'],
    [{ type: 'text', text: 'Mã {{dossier.code}' }, 'a brace without its partner'],
    [{ type: 'text', text: '   ' }, 'no text'],
    [{ type: 'qr', text: '{{applicant.name}}' }, 'no placeholder'],
    [{ type: 'qr', text: 'Mã' }, 'printable ASCII only'],
    [{ type: 'table', of: 'owed', columns: [{ value: '{{row.amount}}' }] }, 'no placeholder'],
    [{ type: 'html', text: '<b>' }, 'Invalid'],
    [{ type: 'text', text: 'x', colour: 'red' }, 'nrecognized'],
  ])('are refused with the reason: %j', (block, reason) => {
    expect(problems(block).join()).toContain(reason);
  });

  it('let no control byte of a citizen through, whatever placeholder it stands in', () => {
    const all = template(placeholders.map((name) => ({ type: 'text', text: `{{${name}}}|` })));
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }), (text) => {
        const dossier = { ...aLandDossier(), note: text, applicant: { kind: 'person' as const, fullName: text, residence: text, phone: text } };
        expect(JSON.stringify(fillTemplate(all, { ...source, dossier }).map((block) => ('text' in block ? block.text : '')))).not.toMatch(
          /\\u00[01]|[\u007f-\u009f\u202e]/u,
        );
      }),
    );
  });
});
