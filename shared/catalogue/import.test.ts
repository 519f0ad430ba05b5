import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeProcedures } from '../../tests/fixtures/procedures.ts';
import { bundledCatalogue } from './bundled.ts';
import { catalogueSchema, procedureSchema, type Procedure } from './catalogue.ts';
import { completeCatalogue, importJson, importRows, type SheetProblem } from './import.ts';
import { allSheets, catalogueSheets, templateSheets, type Cell, type Sheet } from './sheets.ts';

const shipped = bundledCatalogue();
const plain = (problems: SheetProblem[]) =>
  problems.map(({ sheet, row, column, reason, value }) => `${sheet}!${column}${row} ${reason}${value === undefined ? '' : ` ${value}`}`);

describe('a workbook', () => {
  it('holds every shipped procedure and gives it back as it was', () => {
    const result = importRows(catalogueSheets(shipped));
    expect(plain(result.problems)).toEqual([]);
    expect(result).toMatchObject({ good: shipped.procedures.length, bad: 0 });
    const { forms: _forms, calendar: _calendar, ...sheetPart } = shipped;
    expect(result.catalogue).toEqual(sheetPart);
  });

  it('holds a whole province', () => {
    const procedures = makeProcedures();
    const result = importRows(catalogueSheets({ ...shipped, fields: [], procedures }));
    expect(plain(result.problems.slice(0, 5))).toEqual([]);
    expect(result.catalogue.procedures).toEqual(procedures);
  });

  it('holds any procedure the schema allows', () => {
    const id = fc.stringMatching(/^[a-z0-9][a-z0-9.-]{0,8}$/u).filter((text) => !/^[\d.-]+$/u.test(text) || text.length > 1);
    const word = fc.stringMatching(/^[\p{L}\p{N}=+()%,;:"' -]{1,30}$/u).map((text) => `a${text}`.normalize('NFC').replace(/\s+/gu, ' ').trim());
    const ids = (from: string[]) => fc.option(fc.subarray(from, { minLength: 1 }), { nil: undefined });
    const duration = fc.record({ amount: fc.oneof(fc.nat(60), fc.constant(0.5)), unit: fc.constantFrom('working-hours', 'working-days', 'days', 'months') });
    const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
    const unique = <T extends { id: string }>(items: fc.Arbitrary<T>, minLength = 0) =>
      fc.uniqueArray(items, { selector: (item) => item.id, minLength, maxLength: 3 });
    const options = unique(fc.record({ id, name: word, hint: maybe(word) }));
    const amount = fc.nat(1_000_000);
    const price = fc.oneof(
      fc.record({ type: fc.constant('fixed'), amountVnd: amount, approximate: maybe(fc.boolean()) }),
      fc.tuple(amount, amount).map(([one, other]) => ({ type: 'range', minVnd: Math.min(one, other), maxVnd: Math.max(one, other) })),
      fc.record({ type: fc.constant('per-copy'), amountVnd: amount, free: fc.nat(3), counted: maybe(word) }),
      fc.record({
        type: fc.constant('per-page'),
        steps: fc.tuple(amount, amount).map(([first, rest]) => [
          { upToPage: 2, amountVnd: first },
          { upToPage: null, amountVnd: rest },
        ]),
        maxPerCopyVnd: maybe(amount),
      }),
    );
    const procedure = fc
      .record({ cases: options, objects: options, facts: options })
      .chain(({ cases, objects, facts }) => {
        const of = (list: { id: string }[]) => (list.length === 0 ? fc.constant(undefined) : ids(list.map((option) => option.id)));
        const when = fc.record({
          cases: of(cases),
          objects: of(objects),
          facts: of(facts),
          unlessFacts: of(facts),
          channels: ids(['counter', 'post', 'online']),
          applicantKinds: ids(['individual', 'organisation']),
          areaClasses: ids(['remote', 'island']),
        });
        return fc.record({
          code: fc.integer({ min: 0, max: 999_999 }).map((number) => `2.${String(number).padStart(6, '0')}`),
          name: word,
          field: id,
          level: fc.constantFrom('province', 'commune', 'both'),
          alsoKnownAs: fc.array(word, { maxLength: 3 }),
          legalBasis: fc.array(word, { maxLength: 3 }),
          formId: maybe(id),
          result: maybe(word),
          feesStated: maybe(fc.boolean()),
          cases: fc.constant(cases),
          objects: fc.constant(objects),
          facts: fc.constant(facts),
          timeLimits: fc.array(
            fc.record({
              when,
              limit: fc.option(duration),
              upTo: maybe(duration),
              cutoff: maybe(fc.constantFrom('15:00', '08:30', '00:00', '23:59')),
              extension: maybe(fc.record({ limit: duration, ground: word })),
              excludes: unique(fc.record({ id, name: word, duration })),
              extraByArea: fc.array(fc.record({ areaClass: fc.constantFrom('remote', 'island'), extra: duration }), { maxLength: 2 }),
              mayBeLongerIn: ids(['remote', 'island']),
            }),
            { minLength: 1, maxLength: 3 },
          ),
          papers: unique(
            fc.record({
              id,
              name: word,
              when,
              need: fc.constantFrom('required', 'if-any'),
              originals: fc.nat(9),
              certifiedCopies: fc.nat(9),
              photocopies: fc.nat(9),
              acceptedAs: ids(['original', 'certified-copy', 'photocopy']),
              oneOfGroup: maybe(id),
              ifMissing: fc.constantFrom('block', 'owe'),
              formNumber: maybe(word),
              filledByEForm: fc.boolean(),
            }),
          ),
          fees: unique(
            fc.record({
              id,
              kind: fc.constantFrom('phi', 'le-phi'),
              name: word,
              when,
              price,
              exemptions: unique(fc.record({ id, name: word, percentOff: fc.nat(100) })),
            }),
          ),
          agencies: fc.array(fc.record({ role: fc.constantFrom('receives', 'decides'), name: word, when }), { minLength: 1, maxLength: 2 }),
        });
      })
      .map((value) => procedureSchema.parse(JSON.parse(JSON.stringify(value))));
    fc.assert(
      fc.property(procedure, (one: Procedure) => {
        const result = importRows(catalogueSheets({ ...shipped, fields: [], areaClasses: [], procedures: [one] }));
        expect(plain(result.problems)).toEqual([]);
        expect(result.catalogue.procedures).toEqual([one]);
      }),
      { numRuns: 300 },
    );
  });

  it('has the sheets and columns it says it has', () => {
    const written = catalogueSheets(shipped);
    expect(written.map(({ name, rows }) => [name, rows[0]])).toEqual(allSheets.map(({ name, columns }) => [name, columns.map(({ key }) => key)]));
  });
});

describe('the template', () => {
  const example = { ...shipped, procedures: shipped.procedures.filter(({ code }) => ['1.001193', '2.000815', '1.013833'].includes(code)) };
  const template = templateSheets(example, (sheet, column) => `${sheet} ${column}`);
  it('explains every column in a row that is not read', () => {
    for (const { rows } of template) {
      expect(rows[1]).toHaveLength(rows[0]?.length ?? 0);
      expect(String(rows[1]?.[0])).toMatch(/^# /u);
    }
  });
  it('reads back without a mistake', () => {
    const result = importRows(template);
    expect(plain(result.problems)).toEqual([]);
    expect(result.catalogue.procedures).toEqual(example.procedures);
    expect(result.good).toBe(3);
  });
});

/** Three procedures, one of them (the second) with a change in one cell. */
const some = { ...shipped, procedures: shipped.procedures.filter(({ code }) => ['1.001193', '2.000815', '1.013833'].includes(code)) };
function changed(sheetName: string, find: (row: Cell[]) => boolean, column: string, value: Cell): Sheet[] {
  return catalogueSheets(some).map((sheet) => {
    if (sheet.name !== sheetName) return sheet;
    const at = sheet.rows[0]?.indexOf(column) ?? -1;
    const first = sheet.rows.findIndex((row, index) => index > 0 && find(row));
    if (at < 0 || first < 0) throw new Error(`no ${column} in ${sheetName}`);
    return { ...sheet, rows: sheet.rows.map((row, index) => (index === first ? row.map((cell, column) => (column === at ? value : cell)) : row)) };
  });
}
const ofCopies = (row: Cell[]) => row[0] === '2.000815';
const rowOf = (sheetName: string, find: (row: Cell[]) => boolean) =>
  (catalogueSheets(some)
    .find(({ name }) => name === sheetName)
    ?.rows.findIndex((row, index) => index > 0 && find(row)) ?? -1) + 1;

describe('a mistake in a workbook', () => {
  it.each<[string, string, Cell, string]>([
    ['papers', 'originals', 'một', 'not-a-number một'],
    ['papers', 'originals', 1.5, 'not-whole 1.5'],
    ['papers', 'originals', -1, 'too-small -1'],
    ['papers', 'originals', 100, 'too-large 100'],
    ['papers', 'name', null, 'missing'],
    ['papers', 'name', 'x'.repeat(501), `too-long ${'x'.repeat(200)}`],
    ['papers', 'need', 'bắt buộc', 'not-one-of bắt buộc'],
    ['papers', 'need', null, 'missing'],
    ['papers', 'id', 'Bản chính', 'wrong-form Bản chính'],
    ['papers', 'filledByEForm', 'maybe', 'wrong-form maybe'],
    ['papers', 'cases', 'no-such-case', 'unknown-reference no-such-case'],
    ['papers', 'facts', 'no-such-fact', 'unknown-reference no-such-fact'],
    ['papers', 'channels', 'counter, fax', 'not-one-of fax'],
    ['procedures', 'name', '', 'missing'],
    ['procedures', 'field', 'no-such-field', 'unknown-reference no-such-field'],
    ['procedures', 'level', 'huyện', 'not-one-of huyện'],
    ['timeLimits', 'amount', 'vài', 'not-a-number vài'],
    ['timeLimits', 'unit', 'tuần', 'not-one-of tuần'],
    ['timeLimits', 'cutoff', '25:00', 'wrong-form 25:00'],
    ['fees', 'kind', null, 'missing'],
    ['fees', 'price', 'per-kilo', 'not-one-of per-kilo'],
    ['fees', 'maxPerCopyVnd', 'nhiều', 'not-a-number nhiều'],
    ['feeSteps', 'amountVnd', null, 'missing'],
    ['feeSteps', 'upToPage', 0, 'too-small 0'],
    ['agencies', 'role', 'hỏi', 'not-one-of hỏi'],
  ])('%s %s as %j is named with its place; the other procedures stay', (sheet, column, value, rest) => {
    const result = importRows(changed(sheet, ofCopies, column, value));
    expect(plain(result.problems)).toEqual([`${sheet}!${column}${rowOf(sheet, ofCopies)} ${rest}`]);
    expect(result).toMatchObject({ good: 2, bad: 1 });
    expect(result.catalogue.procedures.map(({ code }) => code)).toEqual(some.procedures.map(({ code }) => code).filter((code) => code !== '2.000815'));
  });

  it.each<[string, string, Cell, string]>([
    ['papers', 'procedure', '9.999999', 'unknown-procedure 9.999999'],
    ['papers', 'procedure', null, 'missing'],
  ])('%s %s as %j leaves no row out unsaid', (sheet, column, value, rest) => {
    expect(plain(importRows(changed(sheet, ofCopies, column, value)).problems)).toContain(`${sheet}!${column}${rowOf(sheet, ofCopies)} ${rest}`);
  });

  it('names a step that hangs on no fee', () => {
    const result = importRows(changed('feeSteps', ofCopies, 'fee', 'no-such-fee'));
    expect(plain(result.problems)).toEqual([`feeSteps!fee${rowOf('feeSteps', ofCopies)} unknown-reference no-such-fee`]);
    expect(result.bad).toBe(1);
  });

  it('names a code given twice and keeps neither', () => {
    const sheets = catalogueSheets(some).map((sheet) =>
      sheet.name === 'procedures' ? { ...sheet, rows: [...sheet.rows, sheet.rows.find(ofCopies) ?? []] } : sheet,
    );
    const result = importRows(sheets);
    expect(plain(result.problems)).toEqual(['procedures!code5 duplicate 2.000815']);
    expect(result).toMatchObject({ good: 2, bad: 1 });
  });

  it('names a procedure without time limits', () => {
    const sheets = catalogueSheets(some).map((sheet) => (sheet.name === 'timeLimits' ? { ...sheet, rows: sheet.rows.filter((row) => !ofCopies(row)) } : sheet));
    expect(plain(importRows(sheets).problems)).toEqual([`procedures!timeLimits${rowOf('procedures', ofCopies)} missing`]);
  });

  it('names sheets and columns it does not know, and sheets that are not there', () => {
    const sheets: Sheet[] = [
      { name: 'Giấy tờ', rows: [] },
      { name: '# ghi chú', rows: [['x']] },
      { name: 'procedures', rows: [['# nhắc'], ['code', 'tên'], ['1.000001', 'x']] },
    ];
    expect(plain(importRows(sheets).problems)).toEqual(
      expect.arrayContaining([
        'Giấy tờ!1 unknown-sheet',
        'procedures!tên2 unknown-column',
        'papers!1 missing-sheet',
        'procedures!name3 missing',
        'procedures!level3 missing',
      ]),
    );
    expect(plain(importRows([]).problems)).toEqual([
      'procedures!1 missing-sheet',
      'timeLimits!1 missing-sheet',
      'papers!1 missing-sheet',
      'fees!1 missing-sheet',
      'agencies!1 missing-sheet',
    ]);
  });

  it('names a catalogue without a version', () => {
    expect(plain(importRows(changed('catalogue', () => true, 'version', null)).problems)).toEqual(['catalogue!version2 missing']);
  });

  it('never throws, whatever the cells', () => {
    const cell = fc.oneof(
      fc.constant(null),
      fc.string(),
      fc.double(),
      fc.boolean(),
      fc.date({ noInvalidDate: false }),
      fc.constantFrom('__proto__', 'constructor', '1.000001', 'x', '#'),
    );
    const sheet = fc.record({
      name: fc.oneof(fc.constantFrom(...allSheets.map(({ name }) => name)), fc.string()),
      rows: fc.array(fc.array(cell, { maxLength: 8 }), { maxLength: 6 }),
    });
    const headed = sheet.map(({ name, rows }) => ({
      name,
      rows: [(allSheets.find((known) => known.name === name)?.columns ?? []).map(({ key }): Cell => key), ...rows],
    }));
    fc.assert(
      fc.property(fc.array(fc.oneof(sheet, headed), { maxLength: 12 }), (sheets) => {
        const { good, bad, catalogue } = importRows(sheets);
        expect(catalogue.procedures).toHaveLength(good);
        expect(bad).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 300 },
    );
  });
});

describe('how people write cells', () => {
  it.each<[string, string, Cell, (procedure: Procedure) => unknown, unknown]>([
    ['timeLimits', 'cutoff', 0.625, ({ timeLimits }) => timeLimits[0]?.cutoff, '15:00'],
    ['timeLimits', 'cutoff', new Date('1899-12-30T08:30:00Z'), ({ timeLimits }) => timeLimits[0]?.cutoff, '08:30'],
    ['timeLimits', 'cutoff', '9:05', ({ timeLimits }) => timeLimits[0]?.cutoff, '09:05'],
    ['timeLimits', 'amount', '0,5', ({ timeLimits }) => timeLimits[0]?.limit?.amount, 0.5],
    ['timeLimits', 'unit', 'by-project', ({ timeLimits }) => timeLimits[0]?.limit, null],
    ['fees', 'maxPerCopyVnd', '200.000', ({ fees }) => fees[0]?.price.type === 'per-page' && fees[0].price.maxPerCopyVnd, 200_000],
    ['fees', 'maxPerCopyVnd', '1 200 000', ({ fees }) => fees[0]?.price.type === 'per-page' && fees[0].price.maxPerCopyVnd, 1_200_000],
    ['papers', 'name', '  Ba\u0309n   chi\u0301nh ', ({ papers }) => papers[0]?.name, 'Bản chính'],
    ['papers', 'channels', 'counter;online  post', ({ papers }) => papers[0]?.when.channels, ['counter', 'online', 'post']],
    ['papers', 'filledByEForm', true, ({ papers }) => papers[0]?.filledByEForm, true],
    ['papers', 'filledByEForm', 'có', ({ papers }) => papers[0]?.filledByEForm, true],
    ['papers', 'filledByEForm', 'X', ({ papers }) => papers[0]?.filledByEForm, true],
    ['papers', 'formNumber', 18, ({ papers }) => papers[0]?.formNumber, '18'],
    ['procedures', 'alsoKnownAs', 'sao y\n công chứng |photo ', ({ alsoKnownAs }) => alsoKnownAs, ['sao y', 'công chứng', 'photo']],
  ])('%s %s %j', (sheet, column, cell, read, expected) => {
    const result = importRows(changed(sheet, ofCopies, column, cell));
    expect(plain(result.problems)).toEqual([]);
    const procedure = result.catalogue.procedures.find(({ code }) => code === '2.000815');
    expect(procedure && read(procedure)).toEqual(expected);
  });

  it('takes a code that the spreadsheet made a number, its last zeros lost', () => {
    const procedures = [{ ...makeProcedures(1)[0], code: '1.011440' } as Procedure];
    const sheets = catalogueSheets({ ...shipped, fields: [], procedures }).map(({ name, rows }) => ({
      name,
      rows: rows.map((row) => row.map((cell) => (cell === '1.011440' ? 1.01144 : cell))),
    }));
    expect(importRows(sheets).catalogue.procedures).toEqual(procedures);
  });
});

describe('JSON', () => {
  it('gives back the shipped catalogue', () => {
    const result = importJson(JSON.stringify(shipped));
    expect(result.problems).toEqual([]);
    expect(result).toMatchObject({ good: shipped.procedures.length, bad: 0 });
    expect(result.catalogue).toEqual(shipped);
  });

  it('takes a bare list of procedures, with or without a byte order mark', () => {
    const result = importJson(`\uFEFF${JSON.stringify(some.procedures)}`);
    expect(result.problems).toEqual([]);
    expect(result.catalogue).toEqual({ procedures: some.procedures });
  });

  const spoiled = (spoil: (procedure: Record<string, never>) => void, at = 1) => {
    const copy = JSON.parse(JSON.stringify(shipped)) as { procedures: Array<Record<string, never>> };
    spoil(copy.procedures[at] ?? {});
    return importJson(JSON.stringify(copy));
  };
  it.each<[string, (procedure: Record<string, never>) => void, unknown[]]>([
    ['a wrong code', (procedure) => Object.assign(procedure, { code: '1.1' }), [{ path: '$.procedures[1].code', reason: 'wrong-form', value: '1.1' }]],
    ['no name', (procedure) => void delete procedure['name'], [{ path: '$.procedures[1].name', reason: 'missing' }]],
    ['a number for a name', (procedure) => Object.assign(procedure, { name: 5 }), [{ path: '$.procedures[1].name', reason: 'wrong-form', value: '5' }]],
    ['no agencies', (procedure) => Object.assign(procedure, { agencies: [] }), [{ path: '$.procedures[1].agencies', reason: 'missing' }]],
    [
      'an unknown form',
      (procedure) => Object.assign(procedure, { formId: 'no-such-form' }),
      [{ path: '$.procedures[1].formId', reason: 'unknown-reference', value: 'no-such-form' }],
    ],
    [
      'another procedure’s code',
      (procedure) => Object.assign(procedure, { code: shipped.procedures[0]?.code }),
      [{ path: '$.procedures[1].code', reason: 'duplicate', value: shipped.procedures[0]?.code }],
    ],
  ])('%s is named by its path; the others stay', (_name, spoil, problems) => {
    const result = spoiled(spoil);
    expect(result.problems).toEqual(problems);
    expect(result).toMatchObject({ good: shipped.procedures.length - 1, bad: 1 });
  });

  it('names a mistake outside the procedures and keeps what is right', () => {
    const result = importJson(JSON.stringify({ ...shipped, version: '', calendar: { ...shipped.calendar, yearsCovered: [2026, 'x'] } }));
    expect(result.problems).toEqual([
      { path: '$.version', reason: 'missing' },
      { path: '$.calendar.yearsCovered[1]', reason: 'not-a-number', value: 'x' },
    ]);
    expect(result.catalogue.calendar).toBeUndefined();
    expect(result.good).toBe(shipped.procedures.length);
  });

  it.each<[string, string, string]>([
    ['nothing', '', 'not-json'],
    ['half a file', '{"procedures": [', 'not-json'],
    ['a number', '1', 'wrong-form'],
    ['null', 'null', 'wrong-form'],
    ['another object', '{"a": 1}', 'wrong-form'],
    ['procedures that are no list', '{"procedures": {}}', 'wrong-form'],
  ])('refuses %s', (_name, text, reason) => {
    expect(importJson(text)).toEqual({ catalogue: { procedures: [] }, problems: [{ path: '$', reason }], good: 0, bad: 0 });
  });

  it('survives nesting a hundred thousand deep and names that every object has', () => {
    const deep = `{"procedures": [], "forms": [{"id": "a", "name": "b", "schema": {"a": ${'['.repeat(100_000)}${']'.repeat(100_000)}}}]}`;
    expect(importJson(deep).catalogue.procedures).toEqual([]);
    const result = importJson('{"procedures": [{"__proto__": {"code": "1.000001"}, "constructor": 1}]}');
    expect(result).toMatchObject({ good: 0, bad: 1 });
    expect(({} as Record<string, unknown>)['code']).toBeUndefined();
  });

  it('never throws on JSON of any kind', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          fc.json().map((json) => `{"procedures": [${json}], "fields": ${json}}`),
        ),
        (text) => importJson(text).good >= 0,
      ),
    );
  });
});

describe('completeCatalogue', () => {
  it('takes what the file did not hold from the catalogue in use', () => {
    const imported = importRows(catalogueSheets({ ...some, version: 'tinh-2', fields: [{ id: 'new-field', name: 'Mới' }], areaClasses: [] }));
    const complete = completeCatalogue(shipped, { ...imported.catalogue, procedures: some.procedures }, 'spare');
    expect(catalogueSchema.parse(complete)).toEqual(complete);
    expect(complete).toMatchObject({
      version: 'tinh-2',
      forms: shipped.forms,
      calendar: shipped.calendar,
      areaClasses: shipped.areaClasses,
      procedures: some.procedures,
    });
    expect(complete.fields).toEqual([...shipped.fields, { id: 'new-field', name: 'Mới' }]);
  });
  it('never installs another catalogue under the version in force', () => {
    expect(completeCatalogue(shipped, { procedures: [] }, 'spare').version).toBe('spare');
    expect(completeCatalogue(shipped, { version: shipped.version, procedures: [] }, 'spare').version).toBe('spare');
  });
});
