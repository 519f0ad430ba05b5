import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { procedureSchema, type Condition, type Procedure } from '../catalogue/catalogue.ts';
import { feeLineSchema } from '../dossiers/dossier.ts';
import { computeFees, feeQuestions, type FeeInputs } from './compute.ts';
import type { Selection } from '../catalogue/resolve.ts';

type RuleInput = { id?: string; name?: string; kind?: 'phi' | 'le-phi'; when?: Condition; price: unknown; exemptions?: unknown[] };
const procedureWith = (...fees: RuleInput[]): Procedure =>
  procedureSchema.parse({
    code: '1.011441',
    name: 'Đăng ký biện pháp bảo đảm',
    field: 'land',
    level: 'province',
    timeLimits: [{ limit: { amount: 0, unit: 'working-days' } }],
    papers: [],
    agencies: [{ role: 'receives', name: 'Quầy' }],
    fees: fees.map((fee, index) => ({ id: `fee-${index}`, kind: 'phi', name: `Phí ${index}`, ...fee })),
  });
const inputs = (over: Partial<Selection & FeeInputs> = {}): Selection & FeeInputs => ({
  applicantKind: 'individual',
  channel: 'counter',
  facts: [],
  copies: 1,
  pages: 1,
  ...over,
});
const total = (price: unknown, over: Partial<FeeInputs> = {}, exemptions: unknown[] = []) => computeFees(procedureWith({ price, exemptions }), inputs(over));

const fixed = (amountVnd: number) => ({ type: 'fixed', amountVnd });
const certified = {
  type: 'per-page',
  steps: [
    { upToPage: 2, amountVnd: 2000 },
    { upToPage: null, amountVnd: 1000 },
  ],
  maxPerCopyVnd: 200_000,
};

describe('computeFees', () => {
  it.each<[string, unknown, Partial<FeeInputs>, number]>([
    ['fixed, whatever the copies', fixed(280_000), { copies: 5 }, 280_000],
    ['an exact amount is not for correcting', fixed(60_000), { enteredVnd: { 'fee-0': 50_000 } }, 60_000],
    ['about so much, as published', { ...fixed(60_000), approximate: true }, {}, 60_000],
    ['about so much, corrected', { ...fixed(60_000), approximate: true }, { enteredVnd: { 'fee-0': 55_000 } }, 55_000],
    ['about so much, corrected to nonsense', { ...fixed(60_000), approximate: true }, { enteredVnd: { 'fee-0': -1 } }, 60_000],
    ['free of charge', fixed(0), {}, 0],
    ['per copy', { type: 'per-copy', amountVnd: 8000 }, { copies: 3 }, 24_000],
    ['per copy, none', { type: 'per-copy', amountVnd: 8000 }, { copies: 0 }, 0],
    ['the first copy free', { type: 'per-copy', amountVnd: 50_000, free: 1 }, { copies: 3 }, 100_000],
    ['fewer copies than are free', { type: 'per-copy', amountVnd: 50_000, free: 2 }, { copies: 1 }, 0],
    ['one page', certified, { pages: 1 }, 2000],
    ['two pages', certified, { pages: 2 }, 4000],
    ['three pages', certified, { pages: 3 }, 5000],
    ['three pages, four copies', certified, { pages: 3, copies: 4 }, 20_000],
    ['no page', certified, { pages: 0 }, 0],
    ['just at the cap', certified, { pages: 198 }, 200_000],
    ['one page over the cap', certified, { pages: 199 }, 200_000],
    ['the cap holds per copy', certified, { pages: 500, copies: 3 }, 600_000],
    ['steps that end charge nothing further', { type: 'per-page', steps: [{ upToPage: 2, amountVnd: 2000 }] }, { pages: 9 }, 4000],
    ['a range of one amount needs no entry', { type: 'range', minVnd: 60_000, maxVnd: 60_000 }, {}, 60_000],
    ['an amount within the range', { type: 'range', minVnd: 12_000, maxVnd: 60_000 }, { enteredVnd: { 'fee-0': 30_000 } }, 30_000],
    ['its lower end', { type: 'range', minVnd: 12_000, maxVnd: 60_000 }, { enteredVnd: { 'fee-0': 12_000 } }, 12_000],
    ['its upper end', { type: 'range', minVnd: 12_000, maxVnd: 60_000 }, { enteredVnd: { 'fee-0': 60_000 } }, 60_000],
  ])('%s', (_name, price, over, expected) => {
    const fees = total(price, over);
    expect(fees.totalVnd).toBe(expected);
    expect(fees.lines).toHaveLength(1);
    expect(fees.toEnter).toEqual([]);
    feeLineSchema.parse(fees.lines[0]);
  });

  it.each<[string, Record<string, number> | undefined, number | undefined]>([
    ['nothing entered', undefined, undefined],
    ['another fee entered', { 'fee-9': 30_000 }, undefined],
    ['below', { 'fee-0': 11_999 }, 11_999],
    ['above', { 'fee-0': 60_001 }, 60_001],
    ['half a đồng', { 'fee-0': 30_000.5 }, 30_000.5],
    ['not a number', { 'fee-0': Number.NaN }, Number.NaN],
    ['an id every object has', JSON.parse('{"__proto__": 1}') as Record<string, number>, undefined],
  ])('asks again for a range: %s', (_name, enteredVnd, refusedVnd) => {
    const fees = total({ type: 'range', minVnd: 12_000, maxVnd: 60_000 }, { enteredVnd });
    expect(fees.lines).toEqual([]);
    expect(fees.totalVnd).toBe(0);
    expect(fees.toEnter).toMatchObject([{ minVnd: 12_000, maxVnd: 60_000, rule: { id: 'fee-0' } }]);
    expect(fees.toEnter[0]?.refusedVnd).toEqual(refusedVnd);
  });

  it('adds phí and lệ phí up by kind, channel and object', () => {
    const table = procedureWith(
      { id: 'land', when: { applicantKinds: ['individual'], channels: ['counter', 'post'], objects: ['land'] }, price: fixed(280_000) },
      { id: 'both', when: { applicantKinds: ['individual'], channels: ['counter', 'post'], objects: ['both'] }, price: fixed(410_000) },
      { id: 'land-online', when: { applicantKinds: ['individual'], channels: ['online'], objects: ['land'] }, price: fixed(266_000) },
      { id: 'registration', kind: 'le-phi', when: { channels: ['counter', 'post'] }, price: { type: 'range', minVnd: 12_000, maxVnd: 60_000 } },
      { id: 'registration-online', kind: 'le-phi', when: { channels: ['online'] }, price: fixed(0) },
    );
    const counter = computeFees(table, inputs({ objectId: 'land', enteredVnd: { registration: 15_000 } }));
    expect(counter.lines.map(({ feeId, kind, amountVnd }) => [feeId, kind, amountVnd])).toEqual([
      ['land', 'phi', 280_000],
      ['registration', 'le-phi', 15_000],
    ]);
    expect(counter.totalVnd).toBe(295_000);
    expect(computeFees(table, inputs({ objectId: 'land', channel: 'online' })).totalVnd).toBe(266_000);
    expect(computeFees(table, inputs({ objectId: 'both', channel: 'post' }))).toMatchObject({ totalVnd: 410_000, toEnter: [{ rule: { id: 'registration' } }] });
    expect(computeFees(table, inputs({ applicantKind: 'organisation', objectId: 'land', channel: 'online' })).totalVnd).toBe(0);
  });

  const poor = [
    { id: 'poor', name: 'Hộ nghèo', percentOff: 100 },
    { id: 'merit', name: 'Người có công', percentOff: 50 },
    { id: 'third', name: 'Một phần ba', percentOff: 33.3 },
  ];
  it.each<[string | undefined, number, string | undefined]>([
    [undefined, 15_001, undefined],
    ['unknown', 15_001, undefined],
    ['poor', 0, 'Hộ nghèo'],
    ['merit', 7501, 'Người có công'],
    ['third', 10_006, 'Một phần ba'],
  ])('exemption %s', (exemptionId, amountVnd, exemption) => {
    expect(total(fixed(15_001), { exemptionId }, poor).lines[0]).toEqual({
      feeId: 'fee-0',
      kind: 'phi',
      name: 'Phí 0',
      quantity: 1,
      amountVnd,
      ...(exemption === undefined ? {} : { exemption }),
    });
  });

  it('needs no amount entered where the whole is exempt, and halves the amount entered', () => {
    const range = { type: 'range', minVnd: 12_000, maxVnd: 60_000 };
    expect(total(range, { exemptionId: 'poor' }, poor)).toMatchObject({ totalVnd: 0, toEnter: [], lines: [{ exemption: 'Hộ nghèo' }] });
    expect(total(range, { exemptionId: 'merit', enteredVnd: { 'fee-0': 20_000 } }, poor).totalVnd).toBe(10_000);
  });

  it('charges pages as counting them one by one does', () => {
    const step = fc.record({ upToPage: fc.option(fc.integer({ min: 1, max: 40 })), amountVnd: fc.nat(5000) });
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 1, maxLength: 4 }),
        fc.nat(60),
        fc.nat(9),
        fc.option(fc.nat(90_000), { nil: undefined }),
        (unsorted, pages, copies, maxPerCopyVnd) => {
          const steps = [...unsorted].sort((one, other) => (one.upToPage ?? Infinity) - (other.upToPage ?? Infinity));
          let expected = 0;
          for (let copy = 0; copy < copies; copy++) {
            let ofCopy = 0;
            for (let page = 1; page <= pages; page++) ofCopy += steps.find(({ upToPage }) => upToPage === null || page <= upToPage)?.amountVnd ?? 0;
            expected += Math.min(ofCopy, maxPerCopyVnd ?? Infinity);
          }
          expect(total({ type: 'per-page', steps, maxPerCopyVnd }, { pages, copies }).totalVnd).toBe(expected);
        },
      ),
    );
  });
});

describe('feeQuestions', () => {
  const both = procedureWith(
    { price: certified, when: { channels: ['counter'] } },
    { price: { type: 'per-copy', amountVnd: 1 }, when: { channels: ['post'] }, exemptions: [{ id: 'poor', name: 'Hộ nghèo', percentOff: 100 }] },
    { price: fixed(1) },
  );
  it.each<[Selection['channel'], ReturnType<typeof feeQuestions>]>([
    ['counter', { copies: true, pages: true, exemptions: [] }],
    ['post', { copies: true, pages: false, exemptions: [{ id: 'poor', name: 'Hộ nghèo' }] }],
    ['online', { copies: false, pages: false, exemptions: [] }],
  ])('%s', (channel, expected) => expect(feeQuestions(both, inputs({ channel }))).toEqual(expected));
  it('names what is counted where it is not copies', () => {
    const certificates = procedureWith({ price: { type: 'per-copy', amountVnd: 50_000, counted: 'Giấy chứng nhận' } });
    expect(feeQuestions(certificates, inputs())).toMatchObject({ copies: true, counted: 'Giấy chứng nhận' });
  });
});
