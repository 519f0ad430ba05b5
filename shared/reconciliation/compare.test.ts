import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compare, compareDossiers, outcomeOf, type Difference, type ProvinceRecord } from './compare.ts';
import { countLines, type Statement, type StatementLine } from './statement.ts';

const hash = (digit: string): string => digit.repeat(64);
const idOf = (n: number): string => `0192f3a0-8d2f-7c55-8e1f-${String(n).padStart(12, '0')}`;
const aLine = (n: number, change: Partial<StatementLine> = {}): StatementLine => ({
  dossierId: idOf(n),
  code: `H36.12-261123-${String(n).padStart(4, '0')}`,
  procedureCode: '1.001193',
  channel: 'counter',
  state: 'accepted',
  digest: hash('a'),
  ...change,
});
const aStatement = (dossiers: StatementLine[], change: Partial<Statement> = {}): Statement => ({
  version: 1,
  date: '2026-11-23',
  journalId: idOf(999),
  firstSeq: 3,
  head: { seq: 9, hash: hash('e') },
  counts: countLines(dossiers),
  dossiers,
  fees: { phiVnd: 0, lePhiVnd: 8000 },
  tickets: { issued: 2, called: 2, served: 1, noShow: 1 },
  ...change,
});
const recordFor = (statement: Statement, change: Partial<ProvinceRecord> = {}): ProvinceRecord => ({
  heldSeq: 12,
  hashAtHead: statement.head.hash,
  brokenAt: undefined,
  dossiers: statement.dossiers,
  fees: statement.fees,
  tickets: statement.tickets,
  ...change,
});

describe('compare', () => {
  const statement = aStatement([aLine(1), aLine(2)]);
  it.each<[string, Partial<ProvinceRecord>, Difference[]]>([
    ['a dossier the province lacks', { dossiers: [aLine(2)] }, [{ kind: 'missing', dossierId: idOf(1), code: aLine(1).code }]],
    ['a dossier the device does not know', { dossiers: [aLine(1), aLine(2), aLine(3)] }, [{ kind: 'unknown', dossierId: idOf(3), code: aLine(3).code }]],
    [
      'everything of one dossier',
      { dossiers: [aLine(1, { code: 'X', state: 'handed-over', procedureCode: '2', channel: 'post', digest: hash('b') }), aLine(2)] },
      [
        { kind: 'other-code', dossierId: idOf(1), code: aLine(1).code, counter: aLine(1).code, province: 'X' },
        { kind: 'other-state', dossierId: idOf(1), code: aLine(1).code, counter: 'accepted', province: 'handed-over' },
        { kind: 'other-procedure', dossierId: idOf(1), code: aLine(1).code, counter: '1.001193', province: '2' },
        { kind: 'other-channel', dossierId: idOf(1), code: aLine(1).code, counter: 'counter', province: 'post' },
        { kind: 'other-body', dossierId: idOf(1), code: aLine(1).code },
      ],
    ],
    ['fees', { fees: { phiVnd: 1, lePhiVnd: 8000 } }, [{ kind: 'fees', counter: '0 · 8000', province: '1 · 8000' }]],
    ['tickets', { tickets: { issued: 2, called: 2, served: 2, noShow: 0 } }, [{ kind: 'tickets', counter: '2 · 2 · 1 · 1', province: '2 · 2 · 2 · 0' }]],
    ['another head', { hashAtHead: hash('f') }, [{ kind: 'chain', seq: 9 }]],
    ['no head', { hashAtHead: undefined }, [{ kind: 'chain', seq: 9 }]],
    ['an entry that does not fit its hash', { brokenAt: 5 }, [{ kind: 'chain', seq: 5 }]],
  ])('names %s', (_, change, differences) => {
    expect(compare(statement, recordFor(statement, change))).toEqual({ status: 'differs', differences });
  });

  it('agrees when nothing differs, and waits while entries of the day are under way', () => {
    expect(compare(statement, recordFor(statement))).toEqual({ status: 'agrees' });
    expect(compare(statement, recordFor(statement, { heldSeq: 9 }))).toEqual({ status: 'agrees' });
    expect(compare(statement, recordFor(statement, { heldSeq: 8, dossiers: [], hashAtHead: undefined }))).toEqual({ status: 'waiting' });
  });
});

const lineArbitrary = fc.record({
  n: fc.integer({ min: 1, max: 8 }),
  procedureCode: fc.constantFrom('1', '2'),
  channel: fc.constantFrom('counter' as const, 'post' as const, 'online' as const),
  state: fc.constantFrom('accepted', 'handed-over'),
  digest: fc.constantFrom(hash('a'), hash('b')),
  code: fc.constantFrom('x', 'y'),
});
const dayArbitrary = fc
  .uniqueArray(lineArbitrary, { selector: ({ n }) => n, maxLength: 8 })
  .map((lines) => lines.map(({ n, ...line }) => aLine(n, { ...line, code: `${line.code}${n}` })));

/** Slow and obvious: every possible dossier, every possible question. */
function model(counter: StatementLine[], province: StatementLine[]): string[] {
  const found: string[] = [];
  for (let n = 1; n <= 8; n++) {
    const here = counter.filter(({ dossierId }) => dossierId === idOf(n))[0];
    const there = province.filter(({ dossierId }) => dossierId === idOf(n))[0];
    if (here && !there) found.push(`${n} missing`);
    if (!here && there) found.push(`${n} unknown`);
    if (!here || !there) continue;
    if (here.code !== there.code) found.push(`${n} other-code ${here.code} ${there.code}`);
    if (here.state !== there.state) found.push(`${n} other-state ${here.state} ${there.state}`);
    if (here.procedureCode !== there.procedureCode) found.push(`${n} other-procedure ${here.procedureCode} ${there.procedureCode}`);
    if (here.channel !== there.channel) found.push(`${n} other-channel ${here.channel} ${there.channel}`);
    if (here.digest !== there.digest) found.push(`${n} other-body`);
  }
  return found.sort();
}
const inModelWords = (differences: readonly Difference[]): string[] =>
  differences
    .map(({ kind, dossierId, counter, province }) => [Number(dossierId?.slice(-12)), kind, counter, province].filter((word) => word !== undefined).join(' '))
    .sort();

describe('compareDossiers', () => {
  it('finds what the slow model finds, no more and no less', () => {
    fc.assert(
      fc.property(dayArbitrary, dayArbitrary, (counter, province) => {
        expect(inModelWords(compareDossiers(counter, province))).toEqual(model(counter, province));
      }),
    );
  });

  it('says the same whatever order either side lists its dossiers in', () => {
    const shuffled = fc
      .tuple(dayArbitrary, dayArbitrary)
      .chain(([a, b]) =>
        fc.tuple(
          fc.constant([a, b] as const),
          fc.shuffledSubarray(a, { minLength: a.length, maxLength: a.length }),
          fc.shuffledSubarray(b, { minLength: b.length, maxLength: b.length }),
        ),
      );
    fc.assert(
      fc.property(shuffled, ([[a, b], otherA, otherB]) => {
        expect(outcomeOf(compareDossiers(otherA, otherB))).toEqual(outcomeOf(compareDossiers(a, b)));
      }),
    );
  });

  it('agrees with itself, and each side’s missing is the other’s unknown', () => {
    fc.assert(
      fc.property(dayArbitrary, dayArbitrary, (a, b) => {
        expect(compareDossiers(a, a)).toEqual([]);
        const ids = (kind: Difference['kind'], differences: Difference[]) =>
          differences
            .filter((one) => one.kind === kind)
            .map(({ dossierId }) => dossierId)
            .sort();
        expect(ids('missing', compareDossiers(a, b))).toEqual(ids('unknown', compareDossiers(b, a)));
      }),
    );
  });
});
