import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bundledCatalogue } from '../../shared/catalogue/bundled.ts';
import { importRows } from '../../shared/catalogue/import.ts';
import { catalogueSheets, templateSheets, type Sheet } from '../../shared/catalogue/sheets.ts';
import { makeProcedures } from '../../tests/fixtures/procedures.ts';
import { readWorkbook, writeWorkbook } from './excel.ts';

const shipped = bundledCatalogue();

describe('a workbook file', () => {
  it('gives back every shipped procedure, written and read as .xlsx', async () => {
    const read = await readWorkbook(new Blob([await writeWorkbook(catalogueSheets(shipped))]));
    if (!read.ok) throw new Error(read.failure.kind);
    const result = importRows(read.value);
    expect(result.problems).toEqual([]);
    expect(result.catalogue.procedures).toEqual(shipped.procedures);
  });

  it('gives back the template', async () => {
    const example = { ...shipped, procedures: shipped.procedures.slice(0, 3) };
    const read = await readWorkbook(new Blob([await writeWorkbook(templateSheets(example, (_, column) => `giải thích ${column}`))]));
    if (!read.ok) throw new Error(read.failure.kind);
    expect(importRows(read.value)).toMatchObject({ good: 3, bad: 0, problems: [] });
  });

  it('holds a whole province', { timeout: 60_000 }, async () => {
    const procedures = makeProcedures();
    const read = await readWorkbook(new Blob([await writeWorkbook(catalogueSheets({ ...shipped, fields: [], procedures }))]));
    if (!read.ok) throw new Error(read.failure.kind);
    expect(importRows(read.value)).toMatchObject({ good: procedures.length, problems: [] });
  });

  it('keeps text text', async () => {
    const rows: Sheet['rows'] = [
      ['code', 'name'],
      ['1.011440', '=HYPERLINK("http://x")'],
      ['+1', '@SUM(A1)'],
      ['<b>&amp;', 'dòng 1\ndòng 2'],
      [12, true],
      [null, 'Nguyễn'],
    ];
    const read = await readWorkbook(new Blob([await writeWorkbook([{ name: 'procedures', rows }])]));
    expect(read).toEqual({ ok: true, value: [{ name: 'procedures', rows }] });
  });
});

type Part = { name: string; data: Uint8Array; packed?: Uint8Array; method?: number; claimed?: number; flags?: number };
/** A zip made by hand, so that it can lie. */
function zip(parts: Part[]): Blob {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const { name, data, packed = deflateRawSync(data), method = 8, claimed = data.length, flags = 0 } of parts) {
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(method, 8);
    local.writeUInt32LE(packed.length, 18);
    local.writeUInt32LE(claimed, 22);
    local.writeUInt16LE(Buffer.byteLength(name), 26);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE(flags, 8);
    central.writeUInt16LE(method, 10);
    central.writeUInt32LE(packed.length, 20);
    central.writeUInt32LE(claimed, 24);
    central.writeUInt16LE(Buffer.byteLength(name), 28);
    central.writeUInt32LE(offset, 42);
    locals.push(local, Buffer.from(name), Buffer.from(packed));
    centrals.push(central, Buffer.from(name));
    offset += 30 + Buffer.byteLength(name) + packed.length;
  }
  const directory = Buffer.concat(centrals);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(parts.length, 8);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return new Blob([Buffer.concat([...locals, directory, end])]);
}

const text = (value: string) => new TextEncoder().encode(value);
const workbook = (sheetData: string, more: Part[] = []): Blob =>
  zip([
    { name: 'xl/workbook.xml', data: text('<workbook xmlns:r="r"><sheets><sheet name="procedures" sheetId="1" r:id="rId1"/></sheets></workbook>') },
    {
      name: 'xl/_rels/workbook.xml.rels',
      data: text(
        '<Relationships><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
      ),
    },
    { name: 'xl/worksheets/sheet1.xml', data: text(`<worksheet><sheetData>${sheetData}</sheetData></worksheet>`) },
    ...more,
  ]);
const kindOf = async (file: Blob) => {
  const read = await readWorkbook(file);
  return read.ok ? 'read' : read.failure.kind;
};

describe('a file that is not what it says, or means harm', () => {
  it('reads the plain one these are made from', async () => {
    expect(await readWorkbook(workbook('<row r="1"><c r="A1" t="inlineStr"><is><t>code</t></is></c><c r="B1"><v>5</v></c></row>'))).toEqual({
      ok: true,
      value: [{ name: 'procedures', rows: [['code', 5]] }],
    });
  });

  it.each<[string, () => Blob | Promise<Blob>, string]>([
    ['nothing', () => new Blob([]), 'not-excel'],
    ['text', () => new Blob(['code,name']), 'not-excel'],
    ['an old .xls', () => new Blob([Uint8Array.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1])]), 'old-excel'],
    ['another zip', () => zip([{ name: 'word/document.xml', data: text('<w/>') }]), 'not-excel'],
    [
      'a zip cut short',
      async () =>
        await workbook('')
          .arrayBuffer()
          .then((bytes) => new Blob([bytes.slice(0, -30)])),
      'damaged',
    ],
    ['a zip of signatures', () => new Blob(['PK'.repeat(5000)]), 'damaged'],
    ['locked with a password', () => workbook('', [{ name: 'xl/a.xml', data: text('x'), flags: 1 }]), 'damaged'],
    ['packed in an unknown way', () => workbook('', [{ name: 'xl/a.xml', data: text('x'), method: 99 }]), 'damaged'],
    ['packed bytes that are none', () => workbook('', [{ name: 'xl/a.xml', data: text('x'), packed: text('not deflate at all') }]), 'damaged'],
    ['a bomb of zeros', () => workbook('', [{ name: 'xl/a.xml', data: new Uint8Array(200 * 1024 * 1024) }]), 'too-big'],
    ['a bomb that claims to be small', () => workbook('', [{ name: 'xl/a.xml', data: new Uint8Array(200 * 1024 * 1024), claimed: 10 }]), 'too-big'],
    ['a row far out', () => workbook('<row r="1048576"><c r="A1048576"><v>1</v></c></row>'), 'too-big'],
    ['a row at a billion', () => workbook('<row r="1000000000"><c><v>1</v></c></row>'), 'too-big'],
    ['a row number in disguise', () => workbook('<row r="9&#57;9999999"><c><v>1</v></c></row>'), 'too-big'],
    ['a column far out', () => workbook('<row r="1"><c r="XFD1"><v>1</v></c></row>'), 'too-big'],
    ['a sheet that is not there', () => zip([{ name: 'xl/workbook.xml', data: text('<workbook/>') }]), 'damaged'],
    [
      'more parts than a workbook has',
      () =>
        workbook(
          '',
          Array.from({ length: 2001 }, (_, at) => ({ name: `xl/${at}.xml`, data: text('') })),
        ),
      'too-big',
    ],
    ['a huge file', () => new Blob([new Uint8Array(31 * 1024 * 1024)]), 'too-big'],
  ])('%s', { timeout: 30_000 }, async (_name, make, kind) => {
    expect(await kindOf(await make())).toBe(kind);
  });

  it('believes what is inside, not what the directory claims', async () => {
    const lying = zip([{ name: 'xl/workbook.xml', data: text('<workbook/>'), claimed: 4_000_000_000 }]);
    expect(await kindOf(lying)).toBe('damaged');
  });

  it('never throws on a good file with bytes changed', async () => {
    const good = await writeWorkbook([{ name: 'procedures', rows: [['code'], ['1.000001']] }]);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ at: fc.nat(good.length - 1), byte: fc.nat(255) }), { minLength: 1, maxLength: 4 }),
        fc.nat(good.length),
        async (changes, keep) => {
          const bytes = good.slice(0, keep % 3 === 0 ? keep : good.length);
          for (const { at, byte } of changes) if (at < bytes.length) bytes[at] = byte;
          expect(typeof (await kindOf(new Blob([bytes])))).toBe('string');
        },
      ),
      { numRuns: 300 },
    );
  });
});
