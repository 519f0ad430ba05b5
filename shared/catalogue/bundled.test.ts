import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import examplesFile from '../../tests/fixtures/form-examples.json';
import landFile from '../../tests/fixtures/land-procedures.json';
import { validateForm } from '../eform/validate.ts';
import { fold } from '../lib/fold.ts';
import { bundledCatalogue } from './bundled.ts';
import { catalogueSchema, type Condition, type EForm, type FeeRule, type Procedure, type TimeLimit } from './catalogue.ts';
import { resolveProcedure, type Selection } from './resolve.ts';

type Json = Record<string, unknown>;

const catalogue = bundledCatalogue();
const procedureOf = (code: string): Procedure => {
  const found = catalogue.procedures.find((procedure) => procedure.code === code);
  if (found === undefined) throw new Error(`no procedure ${code}`);
  return found;
};
const duplicates = (ids: string[]): string[] => ids.filter((id, index) => ids.indexOf(id) !== index);
const filesIn = (folder: string): string[] => readdirSync(new URL(`./data/${folder}/`, import.meta.url)).map((file) => file.replace(/\.json$/u, ''));

describe('the shipped catalogue', () => {
  it('is what the schema makes of the files, defaults and all', () => {
    expect(catalogueSchema.parse(catalogue)).toEqual(catalogue);
  });

  it('holds every file of its folders, under its own name', () => {
    expect(catalogue.procedures.map((procedure) => procedure.code).sort()).toEqual(filesIn('procedures').sort());
    expect(catalogue.forms.map((form) => form.id).sort()).toEqual(filesIn('forms').sort());
    expect(catalogue.procedures).toHaveLength(34);
  });

  it('gives every caller a catalogue of its own', () => {
    bundledCatalogue().procedures[0]!.papers.length = 0;
    expect(bundledCatalogue()).toEqual(catalogue);
  });

  it('is written in NFC throughout', () => {
    const text = JSON.stringify(catalogue);
    expect(text).toBe(text.normalize('NFC'));
  });

  it('leaves no form unused and no form unknown', () => {
    expect([...new Set(catalogue.procedures.map((procedure) => procedure.formId))].sort()).toEqual(catalogue.forms.map((form) => form.id).sort());
  });
});

/** Every `when` of a procedure. */
const conditionsOf = (procedure: Procedure): Condition[] =>
  [...procedure.timeLimits, ...procedure.papers, ...procedure.fees, ...procedure.agencies].map((rule) => rule.when);
const idsOf = (options: { id: string }[]): string[] => options.map((option) => option.id);

describe.each(catalogue.procedures.map((procedure) => [procedure.code, procedure] as const))('procedure %s', (_code, procedure) => {
  it('names only what exists', () => {
    const areas = idsOf(catalogue.areaClasses);
    expect(idsOf(catalogue.fields)).toContain(procedure.field);
    for (const when of conditionsOf(procedure)) {
      expect(idsOf(procedure.cases)).toEqual(expect.arrayContaining(when.cases ?? []));
      expect(idsOf(procedure.objects)).toEqual(expect.arrayContaining(when.objects ?? []));
      expect(idsOf(procedure.facts)).toEqual(expect.arrayContaining([...(when.facts ?? []), ...(when.unlessFacts ?? [])]));
      expect(areas).toEqual(expect.arrayContaining(when.areaClasses ?? []));
    }
    for (const limit of procedure.timeLimits)
      expect(areas).toEqual(expect.arrayContaining([...(limit.mayBeLongerIn ?? []), ...limit.extraByArea.map((extra) => extra.areaClass)]));
  });

  it('offers no case, object or fact that changes nothing', () => {
    const used = conditionsOf(procedure).flatMap((when) => [
      ...(when.cases ?? []),
      ...(when.objects ?? []),
      ...(when.facts ?? []),
      ...(when.unlessFacts ?? []),
    ]);
    expect(
      [...procedure.cases, ...procedure.objects, ...procedure.facts]
        .map((option) => option.id)
        .filter((id) => !used.includes(id) && !isPlainCase(procedure, id)),
    ).toEqual([]);
  });

  it('uses each id once', () => {
    for (const list of [procedure.cases, procedure.objects, procedure.facts, procedure.papers, procedure.fees]) expect(duplicates(idsOf(list))).toEqual([]);
    expect(duplicates(procedure.alsoKnownAs.map(fold))).toEqual([]);
    expect(procedure.alsoKnownAs.length).toBeGreaterThan(0);
  });

  it('promises one time for every case in every area', () => {
    const cases = procedure.cases.length === 0 ? [undefined] : idsOf(procedure.cases);
    for (const caseId of cases) {
      for (const areaClass of idsOf(catalogue.areaClasses)) {
        for (const channel of ['counter', 'post', 'online'] as const) {
          const { timeLimit } = resolveProcedure(procedure, { caseId, areaClass, channel, applicantKind: 'individual', facts: [] });
          expect(timeLimit, `${caseId ?? '-'} ${areaClass}`).not.toBeNull();
          if (timeLimit?.upTo !== undefined) expect(timeLimit.upTo.amount).toBeGreaterThan(timeLimit.limit!.amount);
        }
      }
    }
  });

  it('asks at most one phí for the examination and one lệ phí, whatever is chosen', () => {
    const facts = [[], ...idsOf(procedure.facts).map((fact) => [fact])];
    for (const applicantKind of ['individual', 'organisation'] as const) {
      for (const channel of ['counter', 'post', 'online'] as const) {
        for (const objectId of procedure.objects.length === 0 ? [undefined] : idsOf(procedure.objects)) {
          for (const caseId of procedure.cases.length === 0 ? [undefined] : idsOf(procedure.cases)) {
            for (const ticked of facts) {
              const { fees } = resolveProcedure(procedure, { applicantKind, channel, objectId, caseId, facts: ticked });
              const main = fees.filter((fee) => fee.id !== 'extra-certificate');
              expect(duplicates(main.map((fee) => fee.kind)), `${applicantKind} ${channel} ${objectId ?? ''} ${ticked.join()}`).toEqual([]);
              if (procedure.fees.length > 0) expect(main.length).toBeGreaterThan(0);
            }
          }
        }
      }
    }
    expect(procedure.feesStated === false).toBe(procedure.fees.length === 0);
  });

  it('always asks for some paper', () => {
    expect(
      resolveProcedure(procedure, { applicantKind: 'individual', channel: 'counter', caseId: procedure.cases[0]?.id, facts: [] }).papers.some(
        (paper) => paper.need === 'required',
      ),
    ).toBe(true);
  });
});

/** A case without rules of its own is still needed where its siblings have some. */
function isPlainCase(procedure: Procedure, id: string): boolean {
  return idsOf(procedure.cases).includes(id) && procedure.cases.length > 1 && conditionsOf(procedure).some((when) => when.cases !== undefined);
}

// --- the sixteen land procedures against the list one province published, line by line

const abbreviations: [string, string][] = [
  ['VPĐKĐĐ', 'Văn phòng đăng ký đất đai'],
  ['ĐKĐĐ', 'đăng ký đất đai'],
  ['UBND cấp Tỉnh', 'Ủy ban nhân dân cấp tỉnh'],
  ['UBND cấp xã', 'Ủy ban nhân dân cấp xã'],
  ['UBND xã', 'Ủy ban nhân dân cấp xã'],
  ['QSDĐ', 'quyền sử dụng đất'],
];
const spelledOut = (text: string): string => abbreviations.reduce((line, [short, long]) => line.replaceAll(short, long), text).trim();
const dong = (text: string): number => Number(text.replaceAll('.', ''));

type Expected = { line: string; selections: Selection[]; kind: FeeRule['kind']; price: FeeRule['price'] };

/** Reads the printed fee table; a line it does not know is an error, so nothing printed is passed over. */
function printedFees(lines: string[]): Expected[] {
  const expected: Expected[] = [];
  let kinds: Selection['applicantKind'][] = ['individual', 'organisation'];
  let channels: Selection['channel'][] = [];
  let facts: string[] = [];
  for (const line of lines) {
    const select = (objectId?: string): Selection[] =>
      kinds.flatMap((applicantKind) => channels.map((channel) => ({ applicantKind, channel, objectId, facts })));
    const lePhi = (price: FeeRule['price']) =>
      expected.push({ line, selections: select('land').map((selection) => ({ ...selection, facts: [] })), kind: 'le-phi', price });
    let found: RegExpExecArray | null;
    if (/^Đối tượng: Hộ gia đình, cá nhân$/u.test(line)) kinds = ['individual'];
    else if (/^Đối tượng: Tổ chức$/u.test(line)) kinds = ['organisation'];
    else if (/^Nộp trực tiếp \/ bưu chính$/iu.test(line)) channels = ['counter', 'post'];
    else if (/^Nộp trực tuyến$/iu.test(line)) channels = ['online'];
    else if (/^Phí thẩm định( \(chứng nhận biến động\))?:$/u.test(line)) facts = [];
    else if (line === 'Phí thẩm định (cấp mới GCN):') facts = ['new-certificate'];
    else if (line === 'Lệ phí:') continue;
    else if ((found = /^(?:Lệ phí: |Từ )([\d.]+)đ (?:-|đến) ([\d.]+)đ$/u.exec(line)) !== null)
      lePhi({ type: 'range', minVnd: dong(found[1]!), maxVnd: dong(found[2]!) });
    else if ((found = /^Lệ phí: ~([\d.]+)đ$/u.exec(line)) !== null) lePhi({ type: 'fixed', amountVnd: dong(found[1]!), approximate: true });
    else if (/^(?:Lệ phí: )?0đ(?: \(Miễn 100%\))?$/u.test(line)) lePhi({ type: 'fixed', amountVnd: 0 });
    else if (/^Lưu ý chung: Phí cấp thêm GCN .*50\.000 đồng\/GCN \.$/u.test(line)) {
      const all = lines.includes('Thủ tục này không quy định phí và lệ phí cho đối tượng là tổ chức.')
        ? (['individual'] as const)
        : (['individual', 'organisation'] as const);
      expected.push({
        line,
        selections: all.map((applicantKind) => ({ applicantKind, channel: 'online', facts: [] })),
        kind: 'phi',
        price: { type: 'per-copy', amountVnd: 50_000, free: 1, counted: 'Giấy chứng nhận' },
      });
    } else if (/không quy định phí và lệ phí cho đối tượng là tổ chức|KHÔNG TỐN PHÍ, LỆ PHÍ/u.test(line)) {
      expected.push({
        line,
        selections: kinds.map((applicantKind) => ({ applicantKind, channel: 'counter', objectId: 'land', facts: [] })),
        kind: 'phi',
        price: { type: 'fixed', amountVnd: 0 },
      });
    } else if ((found = /^(.+): ([\d.]+)đ$/u.exec(line)) !== null) {
      const label = found[1]!;
      const objectId = /cả hai|cả đất/iu.test(label) ? 'both' : /tài sản/iu.test(label) ? 'assets' : /QSDĐ|đất/u.test(label) ? 'land' : undefined;
      expect(objectId !== undefined || label === 'Do thay đổi thông tin', label).toBe(true);
      expected.push({ line, selections: select(objectId), kind: 'phi', price: { type: 'fixed', amountVnd: dong(found[2]!) } });
    } else throw new Error(`a fee line nobody reads: ${line}`);
  }
  return expected;
}

/** What the text after a printed time limit picks in the model. */
const caseOfText: Record<string, { caseIds?: string[]; areas?: string[] }> = {
  'nếu phần tăng thêm đã có GCN': { caseIds: ['added-part-certified'] },
  'nếu phần tăng thêm chưa có GCN': { caseIds: ['added-part-uncertified'] },
  'Đổi tên, thay đổi thông tin, số hiệu, địa chỉ': { caseIds: ['rename', 'holder-details', 'parcel-number', 'address'] },
  'Thay đổi hạn chế quyền, quyền đối với thửa đất liền kề': { caseIds: ['right-limits', 'adjacent-right'] },
  'Giảm diện tích do sạt lở tự nhiên': { caseIds: ['landslide-loss'] },
  'Đăng ký thay đổi về tài sản': { caseIds: ['asset-change'] },
  'Đăng ký quyền sở hữu tài sản, gia hạn thời hạn sở hữu nhà ở': { caseIds: ['asset-ownership', 'house-term'] },
  'khu vực thường': { areas: ['ordinary'] },
  'vùng khó khăn, hải đảo...': { areas: ['difficult', 'island'] },
};

const limitsFor = (procedure: Procedure, caseIds: string[] | undefined, areas: string[]): (TimeLimit | null)[] =>
  (caseIds ?? [procedure.cases[0]?.id]).flatMap((caseId) =>
    areas.map((areaClass) => resolveProcedure(procedure, { caseId, areaClass, applicantKind: 'individual', channel: 'counter', facts: [] }).timeLimit),
  );

function expectPrintedLimit(procedure: Procedure, line: string): void {
  const found = /^(?:(\d+) - )?(\d+) ngày( làm việc)?(?:: (.+?)| \((.+)\))?\.?$/u.exec(line);
  if (found !== null) {
    const [, from, to, working, ...texts] = found;
    const text = texts.find((each) => each !== undefined);
    const unit = working === undefined ? 'days' : 'working-days';
    const upTo = { amount: Number(to), unit };
    const where = text === undefined ? {} : caseOfText[text];
    expect(where, `who is meant by “${text ?? ''}”`).toBeDefined();
    const limits = limitsFor(procedure, where?.caseIds, where?.areas ?? ['ordinary', 'island']);
    for (const limit of limits) {
      expect(limit?.limit).toEqual({ amount: Number(from ?? to), unit });
      expect(limit?.upTo).toEqual(from === undefined ? undefined : upTo);
    }
  } else if (line === 'Trong ngày làm việc.') {
    expect(procedure.timeLimits.map((limit) => limit.limit)).toEqual([{ amount: 0, unit: 'working-days' }]);
  } else if (line === '(Hoặc không quá 03 ngày nếu có lý do chính đáng).') {
    expect(procedure.timeLimits[0]?.extension?.limit).toEqual({ amount: 3, unit: 'days' });
  } else if (line === '(Không tính thời gian 30 ngày niêm yết công khai).') {
    expect(procedure.timeLimits[0]?.excludes.map((each) => each.duration)).toEqual([{ amount: 30, unit: 'days' }]);
  } else if (/^\(Trường hợp cấp đổi đồng loạt .* thời gian theo dự án được duyệt\)\.$/u.test(line)) {
    expect(limitsFor(procedure, ['mass-remeasure'], ['ordinary'])[0]?.limit).toBeNull();
  } else if (line === '(Thời gian có thể kéo dài hơn đối với vùng khó khăn, hải đảo...).') {
    for (const limit of procedure.timeLimits) expect(limit.mayBeLongerIn).toEqual(expect.arrayContaining(['difficult', 'island']));
  } else throw new Error(`a time limit nobody reads: ${line}`);
}

const roles: Record<string, string> = { 'Cơ quan có thẩm quyền': 'decides', 'Cơ quan thực hiện': 'performs', 'Cơ quan phối hợp': 'cooperates' };
/** "Cơ quan quản lý nhà nước về nhà ở, xây dựng, thuế, kho bạc" names four agencies by one head word. */
const shortAgencies: Record<string, string> = { 'xây dựng': 'Cơ quan quản lý nhà nước về xây dựng', thuế: 'Cơ quan thuế', 'kho bạc': 'Kho bạc' };

describe.each(landFile.map((printed) => [printed.code, printed] as const))('land procedure %s as printed', (code, printed) => {
  const procedure = procedureOf(code);

  it('has its name and is marked as published', () => {
    expect(procedure.name).toBe(printed.name);
    expect(procedure.trust).toBe('published');
  });

  it('keeps every time limit', () => {
    for (const line of printed.timeLimit) expectPrintedLimit(procedure, line);
  });

  it('asks every printed fee, no other, and never where it is not due', () => {
    const expected = printedFees(printed.fees);
    expect(procedure.fees).toHaveLength(expected.length);
    for (const { line, selections, kind, price } of expected) {
      expect(selections.length).toBeGreaterThan(0);
      for (const selection of selections) {
        const asked = resolveProcedure(procedure, selection).fees.filter(
          (fee) => fee.kind === kind && (fee.id === 'extra-certificate') === (price.type === 'per-copy'),
        );
        expect(
          asked.map((fee) => fee.price),
          `${line} for ${JSON.stringify(selection)}`,
        ).toEqual([price]);
      }
    }
  });

  it('lists every paper, in the order printed, with its count and condition', () => {
    const headings = ['Hồ sơ chung:', 'Tùy trường hợp cụ thể, bổ sung:'];
    const lines = printed.documents.filter((line) => !headings.includes(line));
    const onlyInSomeCases = new Set(printed.documents.slice(printed.documents.indexOf(headings[1]!) + 1));
    expect(procedure.papers).toHaveLength(lines.length);
    lines.forEach((line, index) => {
      const paper = procedure.papers[index]!;
      const [head = ''] = line.split(' (');
      expect(fold(paper.name)).toContain(fold(spelledOut(head).replace(/\.$/u, '')));
      const notes = [...line.matchAll(/\(([^)]+)\)/gu)].map((match) => match[1]!);
      const isConditional = Object.keys(paper.when).length > 0;
      if (printed.documents.includes(headings[1]!) && onlyInSomeCases.has(line)) expect(isConditional, line).toBe(true);
      expect(paper.need, line).toBe(notes.includes('nếu có') ? 'if-any' : 'required');
      for (const note of notes) {
        if (note.startsWith('Mẫu số')) expect(paper.formNumber).toBe(note);
        else if (/bản chính/u.test(note)) expect([paper.originals, paper.acceptedAs]).toEqual([1, undefined]);
        else if (/bản sao|phô tô/u.test(note)) expect([paper.photocopies, paper.acceptedAs]).toEqual([1, ['certified-copy', 'photocopy']]);
        else if (note === 'nếu thực hiện qua người đại diện') expect(paper.when.facts).toEqual(['by-representative']);
        else if (note.startsWith('nếu có nhu cầu đo đạc') || note.startsWith('nếu có yêu cầu đo đạc')) expect(paper.when.facts).toEqual(['survey-wanted']);
        else if (note.startsWith('trừ trường hợp')) expect(paper.when.unlessFacts).toHaveLength(1);
        else if (note.startsWith('nếu ') || note.startsWith('đối với ')) expect(note === 'nếu có' || isConditional, line).toBe(true);
        else expect(note).toBe('Hợp đồng thế chấp');
      }
      if (line.startsWith('Bản gốc')) expect([paper.originals, paper.acceptedAs]).toEqual([1, undefined]);
    });
  });

  it('names every agency in its role', () => {
    const expected = printed.agency.flatMap((line) => {
      const [role = '', names = ''] = line.replace(/\.$/u, '').split(': ');
      return names === 'Không có thông tin' ? [] : names.split(', ').map((name) => ({ role: roles[role], name: shortAgencies[name] ?? spelledOut(name) }));
    });
    expect(procedure.agencies.map(({ role, name }) => ({ role, name }))).toEqual(expect.arrayContaining(expected));
    expect(procedure.agencies).toHaveLength(expected.length);
  });
});

// --- the eighteen everyday procedures against the table they were recalled from

const commonRows = readFileSync(new URL('../../tests/fixtures/common-procedures.md', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => /^\| \d/u.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, code = '', name = '', field = '', limit = '', fee = '']) => ({ code, name, field, limit, fee }));

const amountsOf = (fee: FeeRule): number[] => {
  const { price } = fee;
  if (price.type === 'range') return [price.minVnd, price.maxVnd];
  if (price.type === 'per-page') return [...price.steps.map((step) => step.amountVnd), price.maxPerCopyVnd ?? 0];
  return [price.amountVnd];
};

describe('the everyday procedures', () => {
  it('are all eighteen', () => expect(commonRows).toHaveLength(18));

  it.each(commonRows)('$code $name', ({ code, name, field, limit, fee }) => {
    const procedure = procedureOf(code);
    expect(procedure.name).toBe(name);
    expect(procedure.trust).toBe('recalled');
    expect(catalogue.fields.find((each) => each.id === procedure.field)?.name).toBe(field);
    const days = /same day/u.test(limit) ? 0 : Number(/(\d+) working days/u.exec(limit)?.[1]);
    for (const each of procedure.timeLimits) {
      expect(each.limit).toEqual({ amount: days, unit: 'working-days' });
      if (/after 15:00/u.test(limit)) expect(each.cutoff).toBe('15:00');
    }
    const upTo = /up to (\d+) working days/u.exec(limit)?.[1];
    if (upTo !== undefined) expect(procedure.timeLimits[0]?.extension?.limit).toEqual({ amount: Number(upTo), unit: 'working-days' });
    const printedAmounts = [...fee.replace(/page 3/u, '').matchAll(/\d[\d,]*/gu)].map(([text]) => Number(text.replaceAll(',', '')));
    expect(procedure.fees.flatMap(amountsOf)).toEqual(expect.arrayContaining(printedAmounts));
  });

  it('asks less online than in person for residence', () => {
    const askedFor = (code: string, channel: Selection['channel']) =>
      resolveProcedure(procedureOf(code), { applicantKind: 'individual', channel, facts: [] }).fees.flatMap(amountsOf);
    expect([askedFor('1.004222', 'counter'), askedFor('1.004222', 'online'), askedFor('1.004194', 'post'), askedFor('1.004194', 'online')]).toEqual([
      [20_000],
      [10_000],
      [15_000],
      [7_000],
    ]);
  });

  it('never asks for a birth notice of a foundling', () => {
    const papersWith = (facts: string[]) =>
      resolveProcedure(procedureOf('1.001193'), { caseId: 'on-time', applicantKind: 'individual', channel: 'counter', facts }).papers.map((paper) => paper.id);
    expect(papersWith([])).toEqual(['application', 'birth-notice', 'witness-statement', 'birth-pledge']);
    expect(papersWith(['abandoned-child'])).toEqual(['application', 'abandoned-minutes']);
  });
});

// --- e-forms

/** `set` and `variants` change the first good example at dotted paths; null removes. */
type Changes = Record<string, unknown>;
type Example = { good: Json[]; variants: Changes[]; bad: { set: Changes; breaks: string }[] };
const examples: Record<string, Example> = examplesFile;

/** A copy of the data with the value at a dotted path replaced, or removed when null. */
function withValue(data: unknown, [head = '', ...rest]: string[], value: unknown): unknown {
  const copy = structuredClone(data) as Json;
  const next = rest.length === 0 ? value : withValue(copy[head], rest, value);
  if (next !== null) copy[head] = next;
  else if (Array.isArray(copy)) copy.splice(Number(head), 1);
  else delete copy[head];
  return copy;
}

const changed = (example: Example, changes: Changes): unknown =>
  Object.entries(changes).reduce<unknown>((before, [path, value]) => withValue(before, path.split('.'), value), example.good[0]);

/** Every schema node with the place it stands at in the data; conditional branches share the place of their parent. */
function nodesOf(schema: unknown, place: string[] = []): { place: string[]; node: Json; isCondition: boolean }[] {
  if (schema === null || typeof schema !== 'object') return [];
  const node = schema as Json;
  const inside = Object.entries((node['properties'] ?? {}) as Json).flatMap(([key, child]) => nodesOf(child, [...place, key]));
  const branches = [node['then'], node['else'], ...((node['allOf'] ?? []) as unknown[])].flatMap((branch) => nodesOf(branch, place));
  const conditions = node['if'] === undefined ? [] : [{ place, node: node['if'] as Json, isCondition: true }];
  return [{ place, node, isCondition: false }, ...inside, ...nodesOf(node['items'], [...place, '*']), ...branches, ...conditions];
}
const fieldsOf = (form: EForm) =>
  nodesOf(form.schema).filter(({ place, isCondition, node }) => place.length > 0 && !isCondition && node['title'] !== undefined);
const at = (place: string[]): string => place.join('.');

/** Every place the data fills, list items as `*`. */
const placesIn = (data: unknown, place: string[] = []): string[] => [
  at(place),
  ...(data !== null && typeof data === 'object'
    ? Object.entries(data).flatMap(([key, child]) => placesIn(child, [...place, Array.isArray(data) ? '*' : key]))
    : []),
];

/** What a condition asks of a field, wherever it is nested. */
function constantsIn(condition: Json, place: string[]): { place: string; values: unknown[] }[] {
  const own = [...('const' in condition ? [condition['const']] : []), ...((condition['enum'] ?? []) as unknown[])];
  const nested = Object.entries((condition['properties'] ?? {}) as Record<string, Json>).flatMap(([key, child]) => constantsIn(child, [...place, key]));
  const all = ((condition['allOf'] ?? []) as Json[]).flatMap((child) => constantsIn(child, place));
  return [...(own.length > 0 ? [{ place: at(place), values: own }] : []), ...nested, ...all];
}

/** No look-around, no back-reference, no repetition of a repetition: what remains takes linear time in any engine. */
const isPlainPattern = (pattern: string): boolean => !/\\[1-9]|\(\?[=!<]|\([^()]*[*+][^()]*\)[*+{]/u.test(pattern);

describe.each(catalogue.forms.map((form) => [form.id, form] as const))('e-form %s', (id, form) => {
  const example = examples[id]!;
  const rightly = [...example.good, ...example.variants.map((changes) => changed(example, changes))];

  it('accepts what is filled in rightly', () => {
    for (const data of rightly) expect(validateForm(form, data)).toEqual([]);
  });

  it.each(example.bad)('rejects $set', ({ set, breaks }) => {
    const problems = validateForm(form, changed(example, set)).map((problem) => at(problem.path));
    // A whole section left out may be told as each of its fields.
    expect(
      problems.some((path) => path === breaks || path.startsWith(`${breaks}.`)),
      problems.join(),
    ).toBe(true);
  });

  it('has more than one way to be wrong, and rejects an empty form', () => {
    expect(example.bad.length).toBeGreaterThan(1);
    expect(validateForm(form, {})).not.toEqual([]);
  });

  it('opens every conditional part in some example', () => {
    const opened = new Set(rightly.flatMap((data) => placesIn(data)));
    const conditional = nodesOf(form.schema).flatMap(({ place, node }) =>
      node['if'] === undefined ? [] : Object.keys(((node['then'] as Json)['properties'] ?? {}) as Json).map((key) => at([...place, key])),
    );
    expect([...new Set(conditional)].filter((place) => !opened.has(place))).toEqual([]);
  });

  it('names every field and option in words', () => {
    const fields = nodesOf(form.schema).filter(
      ({ place, node, isCondition }) => !isCondition && place.length > 0 && place.at(-1) !== '*' && node['type'] !== undefined,
    );
    for (const { place, node } of fields) {
      expect(node['title'], at(place)).toMatch(/\S/u);
      for (const option of (node['oneOf'] ?? []) as Json[])
        expect(option, at(place)).toEqual({ const: expect.stringMatching(/^[a-z0-9-]+$/u), title: expect.stringMatching(/\S/u) });
      if (node['type'] === 'string' && node['oneOf'] === undefined && node['format'] === undefined) expect(node['maxLength'], at(place)).toBeGreaterThan(0);
      if (node['type'] === 'array') expect(node['maxItems'], at(place)).toBeGreaterThan(0);
    }
  });

  it('requires only fields that exist', () => {
    for (const { place, node, isCondition } of nodesOf(form.schema)) {
      const known = new Set(nodesOf(form.schema).map((other) => at(other.place)));
      for (const key of (node['required'] ?? []) as string[]) expect(known, isCondition ? 'condition' : 'required').toContain(at([...place, key]));
    }
  });

  it('asks conditions only of options that exist', () => {
    const options = new Map(
      fieldsOf(form).map(({ place, node }) => [
        at(place),
        node['type'] === 'boolean' ? [true, false] : ((node['oneOf'] ?? []) as Json[]).map((option) => option['const']),
      ]),
    );
    for (const { place, node, isCondition } of nodesOf(form.schema)) {
      if (!isCondition) continue;
      const asked = constantsIn(node, place);
      expect(asked.length).toBeGreaterThan(0);
      for (const { place: field, values } of asked) expect(options.get(field), field).toEqual(expect.arrayContaining(values));
    }
  });

  it('fills only fields that exist and can hold what is known', () => {
    const known = new Map(fieldsOf(form).map(({ place, node }) => [at(place), node]));
    expect(Object.keys(form.autofill).length).toBeGreaterThan(0);
    for (const [path, source] of Object.entries(form.autofill)) {
      const node = known.get(path);
      expect(node?.['type'], path).toBe('string');
      if (source.endsWith('dateOfBirth')) expect(node?.['format'], path).toBe('date');
      if (source.endsWith('sex')) expect((node?.['oneOf'] as Json[]).map((option) => option['const'])).toEqual(['male', 'female']);
      if (source.endsWith('idNumber')) expect(node?.['pattern'], path).toBe('^\\d{12}$');
    }
  });

  it('lays out every field once', () => {
    const check = (schema: Json, ui: Json): void => {
      const own = nodesOf(schema).filter(({ place, isCondition }) => place.length === 1 && !isCondition);
      const keys = [...new Set(own.map(({ place }) => place[0]!))];
      for (const key of Object.keys(ui)) if (!key.startsWith('ui:') && key !== 'items') expect(keys).toContain(key);
      const order = ui['ui:order'] as string[] | undefined;
      if (order !== undefined) expect([...order].sort()).toEqual([...keys].sort());
      else expect(keys.sort()).toEqual(Object.keys((schema['properties'] ?? {}) as Json).sort());
      for (const { place, node } of own) if (node['type'] === 'object') check(node, (ui[place[0]!] ?? {}) as Json);
      if (schema['type'] === 'array') check(schema['items'] as Json, (ui['items'] ?? {}) as Json);
    };
    check(form.schema, form.uiSchema);
  });

  it('has patterns that no text can hang', () => {
    for (const { node } of nodesOf(form.schema)) {
      if (typeof node['pattern'] !== 'string') continue;
      expect(isPlainPattern(node['pattern']), node['pattern']).toBe(true);
      const pattern = new RegExp(node['pattern'], 'u');
      const startedAt = performance.now();
      for (const unit of ['0', 'a', 'A', '-', '0a', '+84', ' ', 'Đ']) pattern.test(`${unit.repeat(50_000)}!`);
      expect(performance.now() - startedAt).toBeLessThan(500);
    }
  });
});

it('knows a pattern that could hang', () => {
  expect(['(a+)+$', '(a*b?)*', '(?=a)b', '(a)\\1'].map(isPlainPattern)).toEqual([false, false, false, false]);
});
