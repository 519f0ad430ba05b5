import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { personSchema } from '../dossiers/dossier.ts';
import { idNumberWarnings, looksLikeCccd, parseCccdQr, type CccdReading } from './cccd.ts';

const fields = ['001204012345', '012345678', 'Nguyễn Thị Thuỷ Tiên', '05032004', 'Nữ', 'Tổ 5, phường Cửa Nam, Hoàn Kiếm, Hà Nội', '12072021'];
const withField = (at: number, value: string) => fields.map((field, index) => (index === at ? value : field)).join('|');
const read = (text: string): CccdReading => {
  const result = parseCccdQr(text);
  if (!result.ok) throw new Error(result.failure.kind);
  return result.value;
};
const whole = {
  idNumber: '001204012345',
  oldIdNumber: '012345678',
  fullName: 'Nguyễn Thị Thuỷ Tiên',
  dateOfBirth: '2004-03-05',
  sex: 'female',
  residence: 'Tổ 5, phường Cửa Nam, Hoàn Kiếm, Hà Nội',
  idIssuedOn: '2021-07-12',
};
const plain = fields.join('|');
const asLatin1 = (text: string) => String.fromCharCode(...new TextEncoder().encode(text));
const asWindows1252 = (text: string) => new TextDecoder('windows-1252').decode(new TextEncoder().encode(text));

describe('parseCccdQr', () => {
  it.each<[string, string]>([
    ['as printed', plain],
    ['typed in NFD', plain.normalize('NFD')],
    ['with the end of line the scanner sends', `${plain}\r\n`],
    ['with an AIM symbology prefix', `]Q1${plain}`],
    ['with a byte order mark', `\uFEFF${plain}`],
    ['with fields of newer cards behind', `${plain}|Nguyễn Văn Cha|Trần Thị Mẹ||`],
    ['with spaces around the fields', fields.map((field) => ` ${field}  `).join('|')],
    ['UTF-8 typed as Latin-1', asLatin1(plain)],
    ['UTF-8 typed as Windows-1252', asWindows1252(plain)],
    ['UTF-8 typed as Latin-1, its last letter ending in a no-break space', asLatin1(`${plain}|Là`)],
    ['NFD typed as Windows-1252', asWindows1252(plain.normalize('NFD'))],
  ])('reads a card %s', (_name, text) => {
    expect(read(text)).toEqual({ card: whole, problems: [], warnings: ['sex-differs-from-number'] });
  });

  it('gives what the person in a dossier takes', () => {
    expect(personSchema.parse({ kind: 'person', ...read(plain).card })).toMatchObject(whole);
  });

  it('takes an empty old number for none', () => {
    const { card, problems } = read(withField(1, ''));
    expect(problems).toEqual([]);
    expect(card).not.toHaveProperty('oldIdNumber');
  });

  it.each<[number, string, string, string]>([
    [0, '00120401234', 'idNumber', 'not-12-digits'],
    [0, '0012040123456', 'idNumber', 'not-12-digits'],
    [0, '00120401234X', 'idNumber', 'not-12-digits'],
    [0, '', 'idNumber', 'missing'],
    [0, '٠٠١٢٠٤٠١٢٣٤٥', 'idNumber', 'not-12-digits'],
    [1, '12345', 'oldIdNumber', 'not-9-or-12-digits'],
    [2, '', 'fullName', 'missing'],
    [2, 'Nguyễn '.repeat(40), 'fullName', 'too-long'],
    [3, '30022004', 'dateOfBirth', 'no-such-date'],
    [3, '00002004', 'dateOfBirth', 'no-such-date'],
    [3, '2004-03-05', 'dateOfBirth', 'no-such-date'],
    [3, '', 'dateOfBirth', 'missing'],
    [4, 'X', 'sex', 'unknown-sex'],
    [4, 'Nam giới', 'sex', 'unknown-sex'],
    [4, '', 'sex', 'missing'],
    [5, '', 'residence', 'missing'],
    [5, 'x'.repeat(501), 'residence', 'too-long'],
    [6, '31112021', 'idIssuedOn', 'no-such-date'],
  ])('field %i as %j: %s %s, the others good', (at, value, field, kind) => {
    const { card, problems } = read(withField(at, value));
    expect(problems).toMatchObject([{ field, kind }]);
    const others = Object.fromEntries(Object.entries(whole).filter(([name]) => name !== field));
    expect(card).toEqual(others);
  });

  it('reads a card whose last field was cut off', () => {
    expect(read(fields.slice(0, 6).join('|')).problems).toEqual([{ field: 'idIssuedOn', kind: 'missing', value: '' }]);
  });

  it.each([
    ['Nam', 'male'],
    ['NAM', 'male'],
    ['Nữ', 'female'],
    ['NỮ', 'female'],
    ['nu', 'female'],
    ['N?', 'female'],
    ['N\uFFFD', 'female'],
    ['Nư?', 'female'],
    ['N÷', 'female'],
  ])('sex %s is %s', (value, sex) => {
    expect(read(withField(4, value))).toMatchObject({ card: { sex }, problems: [] });
  });

  it.each(['Nguy?n Th? Thu?', 'Nguy\uFFFDn Thị', 'Nguyá»n Thị Thuỷ'])('keeps the mangled name %s and says so', (name) => {
    const { card, problems } = read(withField(2, name));
    expect(problems).toEqual([{ field: 'fullName', kind: 'mangled', value: name }]);
    expect(card.fullName).toBe(name);
  });

  it.each(['Nguyen Thi Thuy Tien', "H'Hen Niê", 'Lò Thị Mẩy', 'Đặng Á Âu', 'Y Blơk Ksơr', 'Ãn Äm'])('finds nothing wrong with the name %s', (name) => {
    expect(read(withField(2, name))).toMatchObject({ card: { fullName: name }, problems: [] });
  });

  it.each<[string, string, string]>([
    ['nothing', '', 'not-a-card'],
    ['prose', 'Nguyễn Văn A', 'not-a-card'],
    ['separators only', '||||||', 'not-a-card'],
    ['another code', 'a|b|c|d|e|f|g', 'not-a-card'],
    ['a bank code', '00020101021138570010A000000727', 'not-a-card'],
    ['a megabyte', `${plain}|${'x'.repeat(1_000_000)}`, 'too-long'],
    ['a million separators', '|'.repeat(1_000_000), 'too-long'],
    ['a NUL', withField(2, 'Nguyễn\u0000A'), 'control-characters'],
    ['an escape sequence', withField(2, '\u001B@Nguyễn'), 'control-characters'],
    ['a line break inside', withField(5, 'Tổ 5\nHà Nội'), 'control-characters'],
    ['text turned round', withField(2, 'Nguyễn \u202Eễ'), 'control-characters'],
  ])('refuses %s', (_name, text, kind) => {
    expect(parseCccdQr(text)).toMatchObject({ ok: false, failure: { kind } });
  });

  it('never throws, never returns a control character, and every field it returns is valid', () => {
    const junk = fc.oneof(fc.string({ unit: 'binary' }), fc.string(), fc.constantFrom('', '000000000000', '29022023', 'Nam', 'Nữ', '\u0085', 'á»'));
    const almost = fc.tuple(fc.constantFrom(...fields), fc.array(junk, { minLength: 5, maxLength: 9 })).map(([first, rest]) => [first, ...rest].join('|'));
    fc.assert(
      fc.property(fc.oneof(junk, almost), (text) => {
        const result = parseCccdQr(text);
        if (!result.ok) return;
        const { card } = result.value;
        personSchema.parse({ kind: 'person', ...card, fullName: card.fullName ?? 'x' });
        expect(Object.values(card).join('')).not.toMatch(/\p{Cc}/u);
      }),
      { numRuns: 3000 },
    );
  });
});

describe('warnings', () => {
  const card = (idNumber: string, birth: string, sex: string) => read([idNumber, '', 'Lê Văn A', birth, sex, 'Hà Nội', '12072021'].join('|')).warnings;
  it.each<[string, string, string, string[]]>([
    ['001090012345', '01011990', 'Nam', []],
    ['001190012345', '01011990', 'Nữ', []],
    ['079204012345', '01012004', 'Nam', []],
    ['079304012345', '01012004', 'Nữ', []],
    ['232204012345', '01012004', 'Nam', []],
    ['001190012345', '01011990', 'Nam', ['sex-differs-from-number']],
    ['001091012345', '01011990', 'Nam', ['birth-year-differs-from-number']],
    ['001290012345', '01011990', 'Nam', ['birth-year-differs-from-number']],
    ['003090012345', '01011990', 'Nam', ['unknown-province']],
    ['000090012345', '01011990', 'Nam', ['unknown-province']],
  ])('%s born %s, %s', (idNumber, birth, sex, expected) => expect(card(idNumber, birth, sex)).toEqual(expected));

  it('says when a card was issued before its holder was born', () => {
    expect(card('001223012345', '01012023', 'Nam')).toEqual(['issued-before-birth']);
  });

  it('checks a number typed by hand, once it is whole', () => {
    expect(idNumberWarnings({ idNumber: '00309001', sex: 'female' })).toEqual([]);
    expect(idNumberWarnings({ idNumber: '003090012345', sex: 'female' })).toEqual(['unknown-province', 'sex-differs-from-number']);
    expect(idNumberWarnings({})).toEqual([]);
  });
});

describe('looksLikeCccd', () => {
  it.each<[string, boolean]>([
    [plain, true],
    [withField(0, ''), true],
    ['001204012345', false],
    ['1|2|3', false],
    ['x'.repeat(3000), false],
  ])('%s', (text, expected) => expect(looksLikeCccd(text)).toBe(expected));
});
