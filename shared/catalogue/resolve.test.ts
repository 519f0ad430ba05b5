import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { paperRequirementSchema, procedureSchema, type Condition, type PaperRequirement } from './catalogue.ts';
import { conditionHolds, missingPapers, resolveProcedure, selectionOf, type HandedPaper, type Selection } from './resolve.ts';

const selection = (over: Partial<Selection> = {}): Selection => ({ applicantKind: 'individual', channel: 'counter', facts: [], ...over });

describe('conditionHolds', () => {
  it.each<[string, Condition, Partial<Selection>, boolean]>([
    ['nothing asked', {}, {}, true],
    ['the case chosen', { cases: ['a', 'b'] }, { caseId: 'b' }, true],
    ['another case', { cases: ['a', 'b'] }, { caseId: 'c' }, false],
    ['no case chosen yet', { cases: ['a'] }, {}, false],
    ['an empty list never holds', { cases: [] }, { caseId: 'a' }, false],
    ['an empty list of facts never holds', { facts: [] }, { facts: ['x'] }, false],
    ['any one of the facts', { facts: ['x', 'y'] }, { facts: ['y'] }, true],
    ['none of the facts', { facts: ['x'] }, { facts: ['y'] }, false],
    ['none of the excluding facts', { unlessFacts: ['x'] }, { facts: ['y'] }, true],
    ['an excluding fact', { unlessFacts: ['x', 'z'] }, { facts: ['x'] }, false],
    ['the applicant kind', { applicantKinds: ['organisation'] }, {}, false],
    ['the channel', { channels: ['counter', 'post'] }, { channel: 'online' }, false],
    ['the area', { areaClasses: ['island'] }, { areaClass: 'island' }, true],
    ['no area chosen', { areaClasses: ['island'] }, {}, false],
    ['the object', { objects: ['land'] }, { objectId: 'assets' }, false],
    ['all of several', { cases: ['a'], channels: ['online'], facts: ['x'] }, { caseId: 'a', channel: 'online', facts: ['x'] }, true],
    ['one of several fails', { cases: ['a'], channels: ['online'] }, { caseId: 'a' }, false],
  ])('%s', (_name, when, over, expected) => {
    expect(conditionHolds(when, selection(over))).toBe(expected);
  });
});

const day = (amount: number) => ({ amount, unit: 'working-days' as const });
const procedure = procedureSchema.parse({
  code: '1.013833',
  name: 'Đăng ký biến động',
  field: 'land',
  level: 'province',
  cases: [
    { id: 'rename', name: 'Đổi tên' },
    { id: 'erosion', name: 'Sạt lở' },
  ],
  timeLimits: [
    { limit: day(30) },
    { when: { cases: ['rename'] }, limit: day(4) },
    { when: { cases: ['rename'], areaClasses: ['remote'] }, limit: day(14) },
    { when: { channels: ['online'] }, limit: day(3) },
    { when: { facts: ['bulk-project'], cases: ['erosion'], channels: ['counter'] }, limit: null },
  ],
  papers: [
    { id: 'application', name: 'Đơn', need: 'required' },
    { id: 'proof', name: 'Giấy tờ chứng minh', need: 'required', when: { cases: ['rename'] } },
    { id: 'authorisation', name: 'Văn bản uỷ quyền', need: 'required', when: { facts: ['by-representative'] } },
  ],
  fees: [{ id: 'online', kind: 'phi', name: 'Phí', when: { channels: ['online'] }, price: { type: 'fixed', amountVnd: 1 } }],
  agencies: [
    { role: 'decides', name: 'Văn phòng đăng ký đất đai' },
    { role: 'cooperates', name: 'UBND cấp xã', when: { cases: ['erosion'] } },
  ],
});

describe('resolveProcedure', () => {
  it.each<[string, Partial<Selection>, number | null]>([
    ['the general limit', {}, 30],
    ['the case beats the general one', { caseId: 'rename' }, 4],
    ['case and area beat the case', { caseId: 'rename', areaClass: 'remote' }, 14],
    ['of equally specific ones the first published', { caseId: 'rename', channel: 'online' }, 4],
    ['the channel', { channel: 'online' }, 3],
    ['a limit set by an approved project', { caseId: 'erosion', facts: ['bulk-project'] }, null],
  ])('limit: %s', (_name, over, amount) => {
    const { timeLimit } = resolveProcedure(procedure, selection(over));
    expect(timeLimit).not.toBeNull();
    expect(timeLimit?.limit?.amount ?? null).toBe(amount);
  });

  it('has no limit while none fits', () => {
    const onlyCases = { ...procedure, timeLimits: procedure.timeLimits.slice(1, 2) };
    expect(resolveProcedure(onlyCases, selection()).timeLimit).toBeNull();
  });

  it('picks papers, fees and agencies by condition', () => {
    const resolved = resolveProcedure(procedure, selection({ caseId: 'rename', facts: ['by-representative'] }));
    expect(resolved.papers.map((paper) => paper.id)).toEqual(['application', 'proof', 'authorisation']);
    expect(resolved.fees).toEqual([]);
    expect(resolved.agencies.map((agency) => agency.role)).toEqual(['decides']);
    const online = resolveProcedure(procedure, selection({ caseId: 'erosion', channel: 'online' }));
    expect(online.papers.map((paper) => paper.id)).toEqual(['application']);
    expect(online.fees.map((fee) => fee.id)).toEqual(['online']);
    expect(online.agencies).toHaveLength(2);
  });

  it('never picks a limit that does not hold, nor a less specific one than another that holds', () => {
    const lists = (ids: string[]) => fc.option(fc.subarray(ids), { nil: undefined });
    const when = fc.record({ cases: lists(['a', 'b']), areaClasses: lists(['n', 'r']), facts: lists(['x', 'y']) });
    const chosen = fc.record({ caseId: fc.constantFrom('a', 'b', undefined), areaClass: fc.constantFrom('n', 'r', undefined), facts: fc.subarray(['x', 'y']) });
    const asked = (condition: Condition) => [condition.cases, condition.areaClasses, condition.facts].filter((list) => list !== undefined).length;
    fc.assert(
      fc.property(fc.array(when, { minLength: 1, maxLength: 6 }), chosen, (conditions, over) => {
        const timeLimits = conditions.map((condition, index) => ({ when: condition, limit: day(index), excludes: [], extraByArea: [] }));
        const picked = resolveProcedure({ ...procedure, timeLimits }, selection(over)).timeLimit;
        const holding = timeLimits.filter((limit) => conditionHolds(limit.when, selection(over)));
        const expected = [...holding].sort((one, other) => asked(other.when) - asked(one.when))[0] ?? null;
        expect(picked).toEqual(expected);
      }),
    );
  });
});

describe('selectionOf', () => {
  it('turns a person into an individual and takes the object from the fee inputs', () => {
    const choices = { caseId: 'a', channel: 'post' as const, facts: ['x'], feeInputs: { objectId: 'land' } };
    expect(selectionOf(choices, 'person')).toEqual({
      caseId: 'a',
      applicantKind: 'individual',
      channel: 'post',
      areaClass: undefined,
      objectId: 'land',
      facts: ['x'],
    });
    expect(selectionOf(choices, 'organisation').applicantKind).toBe('organisation');
  });
});

const requirement = (over: Partial<PaperRequirement> & { id: string }): PaperRequirement =>
  paperRequirementSchema.parse({ name: over.id, need: 'required', ...over });
const handed = (requirementId: string, originals = 0, certifiedCopies = 0, photocopies = 0, state: HandedPaper['state'] = 'received'): HandedPaper => ({
  requirementId,
  originals,
  certifiedCopies,
  photocopies,
  state,
});
const ids = (missing: ReturnType<typeof missingPapers>) => missing.map(({ anyOf, outcome }) => `${anyOf.map(({ id }) => id).join('/')}:${outcome}`);

describe('missingPapers', () => {
  it.each<[string, PaperRequirement[], HandedPaper[], string[]]>([
    ['nothing asked', [], [], []],
    ['nothing handed in', [requirement({ id: 'a', originals: 1 })], [], ['a:blocks']],
    ['handed in', [requirement({ id: 'a', originals: 1 })], [handed('a', 1)], []],
    ['no count asked: its presence is enough', [requirement({ id: 'a' })], [handed('a')], []],
    ['no count asked, not there', [requirement({ id: 'a' })], [handed('a', 0, 0, 0, 'missing')], ['a:blocks']],
    ['counted but not marked received', [requirement({ id: 'a', originals: 1 })], [handed('a', 1, 0, 0, 'absent')], ['a:blocks']],
    ['too few', [requirement({ id: 'a', originals: 2 })], [handed('a', 1)], ['a:blocks']],
    ['if any', [requirement({ id: 'a', need: 'if-any', originals: 1 })], [], []],
    ['may be owed', [requirement({ id: 'a', ifMissing: 'owe' })], [], ['a:may-be-owed']],
    ['owed', [requirement({ id: 'a', ifMissing: 'owe' })], [handed('a', 0, 0, 0, 'owed')], ['a:owed']],
    ['marked owed though the law blocks', [requirement({ id: 'a' })], [handed('a', 0, 0, 0, 'owed')], ['a:blocks']],
    ['filled by the e-form', [requirement({ id: 'a', originals: 1, filledByEForm: true })], [], []],
    ['an original for a certified copy', [requirement({ id: 'a', certifiedCopies: 1 })], [handed('a', 1)], []],
    ['a certified copy for a photocopy', [requirement({ id: 'a', photocopies: 2 })], [handed('a', 0, 1, 1)], []],
    [
      'a photocopy where the list accepts any kind',
      [requirement({ id: 'a', originals: 1, acceptedAs: ['original', 'certified-copy', 'photocopy'] })],
      [handed('a', 0, 0, 1)],
      [],
    ],
    [
      'a photocopy where only certified ones are accepted',
      [requirement({ id: 'a', originals: 1, acceptedAs: ['original', 'certified-copy'] })],
      [handed('a', 0, 0, 1)],
      ['a:blocks'],
    ],
    ['a photocopy for an original', [requirement({ id: 'a', originals: 1 })], [handed('a', 0, 0, 5)], ['a:blocks']],
    ['a photocopy for a certified copy', [requirement({ id: 'a', certifiedCopies: 1 })], [handed('a', 0, 0, 5)], ['a:blocks']],
    ['a group, none there', [requirement({ id: 'a', oneOfGroup: 'g' }), requirement({ id: 'b', oneOfGroup: 'g' })], [], ['a/b:blocks']],
    ['a group, one there', [requirement({ id: 'a', oneOfGroup: 'g' }), requirement({ id: 'b', oneOfGroup: 'g' })], [handed('b')], []],
    [
      'a group met by an if-any member',
      [requirement({ id: 'a', oneOfGroup: 'g' }), requirement({ id: 'b', oneOfGroup: 'g', need: 'if-any' })],
      [handed('b')],
      [],
    ],
    ['a group of if-any only', [requirement({ id: 'a', oneOfGroup: 'g', need: 'if-any' }), requirement({ id: 'b', oneOfGroup: 'g', need: 'if-any' })], [], []],
    [
      'a group that may be owed through one member',
      [requirement({ id: 'a', oneOfGroup: 'g' }), requirement({ id: 'b', oneOfGroup: 'g', ifMissing: 'owe' })],
      [],
      ['a/b:may-be-owed'],
    ],
    ['a group met by the e-form', [requirement({ id: 'a', oneOfGroup: 'g' }), requirement({ id: 'b', oneOfGroup: 'g', filledByEForm: true })], [], []],
    ['a group named like a paper', [requirement({ id: 'g' }), requirement({ id: 'b', oneOfGroup: 'g' })], [handed('b')], ['g:blocks']],
    ['papers added by the officer change nothing', [requirement({ id: 'a' })], [handed('extra-1', 1)], ['a:blocks']],
  ])('%s', (_name, requirements, papers, expected) => {
    expect(ids(missingPapers(requirements, papers))).toEqual(expected);
  });

  it('says what is short, of the nearest alternative', () => {
    const [alone] = missingPapers([requirement({ id: 'a', originals: 1, photocopies: 3 })], [handed('a', 2, 0, 1)]);
    expect(alone?.shortBy).toEqual({ originals: 0, certifiedCopies: 0, photocopies: 1 });
    const group = [requirement({ id: 'a', originals: 3, oneOfGroup: 'g' }), requirement({ id: 'b', certifiedCopies: 2, oneOfGroup: 'g' })];
    expect(missingPapers(group, [handed('b', 0, 1)])[0]?.shortBy).toEqual({ originals: 0, certifiedCopies: 1, photocopies: 0 });
  });

  it('agrees with trying every way to lay the papers on the requirement', () => {
    const counts = fc.record({ originals: fc.nat(3), certifiedCopies: fc.nat(3), photocopies: fc.nat(3) });
    fc.assert(
      fc.property(counts, counts, (need, given) => {
        let enough = false;
        for (let asCertified = 0; asCertified <= given.originals; asCertified++)
          for (let asPhoto = 0; asPhoto + asCertified <= given.originals; asPhoto++)
            for (let certifiedAsPhoto = 0; certifiedAsPhoto <= given.certifiedCopies; certifiedAsPhoto++)
              enough ||=
                given.originals - asCertified - asPhoto >= need.originals &&
                given.certifiedCopies - certifiedAsPhoto + asCertified >= need.certifiedCopies &&
                given.photocopies + asPhoto + certifiedAsPhoto >= need.photocopies;
        const missing = missingPapers([requirement({ id: 'a', ...need })], [{ requirementId: 'a', state: 'received', ...given }]);
        expect(missing.length === 0).toBe(enough);
      }),
    );
  });
});
