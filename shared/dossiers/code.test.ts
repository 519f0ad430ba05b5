import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays } from '../calendar/dates.ts';
import type { UsedByDate } from '../journal/counter-state.ts';
import type { NumberLease } from '../journal/operation.ts';
import { emergencyCode, emergencyUsedOn, formatCode, MAX_ORDER, nextNumber, numbersLeft, rangesLeft } from './code.ts';

const lease = (leaseId: string, from: number, to: number, over: Partial<NumberLease> = {}): NumberLease => ({
  leaseId,
  from,
  to,
  validFrom: '2026-11-01',
  validTo: '2026-11-30',
  epoch: 1,
  ...over,
});
const today = '2026-11-21';

describe('formatCode', () => {
  it.each([
    ['{agency}-{yymmdd}-{order4}', 'H36.12', '2025-11-21', 403, 'H36.12-251121-0403'],
    ['{agency}-{yymmdd}-{order4}', '000.22.17.H38', '2021-06-01', 1, '000.22.17.H38-210601-0001'],
    ['HS/{agency}/{yymmdd}.{order4}', 'H36', '2026-01-05', 9999, 'HS/H36/260105.9999'],
  ])('%s', (pattern, agencyCode, date, order, code) => expect(formatCode({ pattern, agencyCode, date, order })).toBe(code));

  it('takes an agency code as it is, even one that looks like a replacement pattern', () => {
    expect(formatCode({ pattern: '{agency}-{yymmdd}-{order4}', agencyCode: '$&{order4}', date: today, order: 1 })).toBe('$&{order4}-261121-0001');
  });

  it.each([0, -1, 10_000, 1.5, Number.NaN])('throws on the order number %s', (order) => {
    expect(() => formatCode({ pattern: '{agency}-{yymmdd}-{order4}', agencyCode: 'H36', date: today, order })).toThrow(RangeError);
  });
});

describe('emergencyCode', () => {
  it('carries agency, date, device and order', () => {
    expect(emergencyCode({ agencyCode: 'H36.12', date: today, series: '7', order: 1 })).toBe('H36.12-261121-K7.001');
  });
  it('differs for any two of device and order', () => {
    const codes = new Set<string>();
    for (let instance = 1; instance <= 40; instance++)
      for (let order = 1; order <= 1200; order += 7) codes.add(emergencyCode({ agencyCode: 'H36', date: today, series: String(instance), order }));
    expect(codes.size).toBe(40 * Math.ceil(1200 / 7));
  });
});

describe('nextNumber', () => {
  it.each<[string, NumberLease[], UsedByDate, { leaseId: string; order: number } | null]>([
    ['no lease', [], {}, null],
    ['the first of the lease', [lease('a', 101, 200)], {}, { leaseId: 'a', order: 101 }],
    ['after the highest used', [lease('a', 101, 200)], { [today]: { a: 150 } }, { leaseId: 'a', order: 151 }],
    ['another day starts again: the code carries the date', [lease('a', 101, 200)], { '2026-11-20': { a: 150 } }, { leaseId: 'a', order: 101 }],
    ['the last one', [lease('a', 101, 200)], { [today]: { a: 199 } }, { leaseId: 'a', order: 200 }],
    ['used up', [lease('a', 101, 200)], { [today]: { a: 200 } }, null],
    ['on to the next lease', [lease('a', 101, 200), lease('b', 301, 400)], { [today]: { a: 200 } }, { leaseId: 'b', order: 301 }],
    ['the one that ends first gives first', [lease('a', 101, 200), lease('b', 301, 400, { validTo: '2026-11-25' })], {}, { leaseId: 'b', order: 301 }],
    ['expired', [lease('a', 101, 200, { validTo: '2026-11-20' })], {}, null],
    ['the last day is in', [lease('a', 101, 200, { validTo: today })], {}, { leaseId: 'a', order: 101 }],
    ['not valid yet', [lease('a', 101, 200, { validFrom: '2026-11-22' })], {}, null],
    ['never five digits', [lease('a', 9999, 12_000)], { [today]: { a: 9999 } }, null],
    [
      'a number leased twice is still used once',
      [lease('a', 1, 50), lease('b', 1, 50, { validTo: '2026-12-31' })],
      { [today]: { a: 30 } },
      { leaseId: 'a', order: 31 },
    ],
    [
      'and the other lease goes on after it',
      [lease('a', 1, 30), lease('b', 1, 50, { validTo: '2026-12-31' })],
      { [today]: { a: 30 } },
      { leaseId: 'b', order: 31 },
    ],
  ])('%s', (_name, leases, used, expected) => expect(nextNumber(leases, used, today)).toEqual(expected));
});

describe('numbersLeft', () => {
  it.each<[string, NumberLease[], UsedByDate, ReturnType<typeof numbersLeft>]>([
    ['no lease', [], {}, { left: 0, daysLeft: 0, emergency: true }],
    ['fresh', [lease('a', 101, 200)], {}, { left: 100, daysLeft: 10, emergency: false }],
    ['some used', [lease('a', 101, 200)], { [today]: { a: 150 } }, { left: 50, daysLeft: 10, emergency: false }],
    ['used up for today, still leased for the days to come', [lease('a', 101, 200)], { [today]: { a: 200 } }, { left: 0, daysLeft: 10, emergency: true }],
    ['expired', [lease('a', 101, 200, { validTo: '2026-11-20' })], {}, { left: 0, daysLeft: 0, emergency: true }],
    ['its last day', [lease('a', 101, 200, { validTo: today })], {}, { left: 100, daysLeft: 1, emergency: false }],
    [
      'a lease that follows without a gap',
      [lease('b', 301, 310, { validFrom: '2026-12-01', validTo: '2026-12-10' }), lease('a', 1, 5)],
      {},
      { left: 5, daysLeft: 20, emergency: false },
    ],
    ['a gap', [lease('b', 301, 310, { validFrom: '2026-12-02', validTo: '2026-12-10' }), lease('a', 1, 5)], {}, { left: 5, daysLeft: 10, emergency: false }],
  ])('%s', (_name, leases, used, expected) => expect(numbersLeft(leases, used, today)).toEqual(expected));

  it('says range by range what is left, in the order in which they give, and none that has ended', () => {
    const leases = [
      lease('later', 301, 310, { validFrom: '2026-12-01', validTo: '2026-12-10' }),
      { ...lease('now', 101, 200), leasedAtMs: 7 },
      lease('overlapping', 191, 220, { validTo: '2026-12-31' }),
      lease('ended', 1, 50, { validTo: '2026-11-20' }),
    ];
    const used = { [today]: { now: 195, emergency: 3, 'emergency-XABCDE': 2 }, '2026-11-20': { ended: 9 } };
    expect(rangesLeft(leases, used, today)).toEqual([
      { from: 101, to: 200, left: 5, validFrom: '2026-11-01', validTo: '2026-11-30', daysLeft: 10, leasedAtMs: 7 },
      { from: 301, to: 310, left: null, validFrom: '2026-12-01', validTo: '2026-12-10', daysLeft: 10 },
      { from: 191, to: 220, left: 25, validFrom: '2026-11-01', validTo: '2026-12-31', daysLeft: 41 },
    ]);
    expect([emergencyUsedOn(used, today), emergencyUsedOn(used, '2026-11-20')]).toEqual([5, 0]);
  });

  it('counts exactly what nextNumber still gives, overlapping leases or not', () => {
    const range = fc.record({ from: fc.integer({ min: 1, max: 40 }), size: fc.integer({ min: 0, max: 15 }), used: fc.integer({ min: -1, max: 15 }) });
    fc.assert(
      fc.property(fc.array(range, { maxLength: 4 }), (ranges) => {
        const leases = ranges.map(({ from, size }, index) => lease(`l${index}`, from, from + size));
        let used: Record<string, number> = Object.fromEntries(
          ranges.flatMap(({ from, size, used: count }, index) => (count < 0 ? [] : [[`l${index}`, from + Math.min(count, size)] as const])),
        );
        const before = numbersLeft(leases, { [today]: used }, today).left;
        const given = new Set<number>();
        for (let next; (next = nextNumber(leases, { [today]: used }, today)) !== null; used = { ...used, [next.leaseId]: next.order }) {
          expect(given.has(next.order)).toBe(false);
          given.add(next.order);
        }
        expect(given.size).toBe(before);
      }),
    );
  });
});

describe('codes of a whole agency', () => {
  /** Counters take numbers, restart from their journal, come back from an old image (then the province enrols them anew), and run dry. */
  type Step = { counter: number; act: 'accept' | 'restart' | 'restore' | 'tomorrow' };
  const steps = fc.array(
    fc.record<Step>({
      counter: fc.nat(4),
      act: fc.oneof(
        { weight: 30, arbitrary: fc.constant('accept' as const) },
        { weight: 3, arbitrary: fc.constantFrom('restart' as const, 'restore' as const, 'tomorrow' as const) },
      ),
    }),
    { maxLength: 400 },
  );

  it('are never given twice', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 25 }), (all, leaseSize) => {
        let nextFree = 1;
        let instances = 0;
        let date = today;
        const enrol = () => {
          const from = nextFree;
          nextFree += leaseSize;
          return {
            instance: ++instances,
            leases: from > MAX_ORDER ? [] : [lease(`lease-${from}`, from, nextFree - 1)],
            journal: [] as Array<{ date: string; leaseId: string; order: number }>,
            used: {} as Record<string, Record<string, number>>,
          };
        };
        const replay = (journal: ReturnType<typeof enrol>['journal']) => {
          const used: Record<string, Record<string, number>> = {};
          for (const entry of journal) (used[entry.date] ??= {})[entry.leaseId] = Math.max(entry.order, used[entry.date]?.[entry.leaseId] ?? 0);
          return used;
        };
        const counters = Array.from({ length: 5 }, enrol);
        const codes = new Set<string>();
        let accepted = 0;

        for (const { counter, act } of all) {
          const device = counters[counter];
          if (device === undefined) continue;
          if (act === 'tomorrow') date = addDays(date, 1);
          else if (act === 'restart') device.used = replay([...device.journal, ...device.journal].reverse());
          else if (act === 'restore') counters[counter] = enrol();
          else {
            const leased = nextNumber(device.leases, device.used, date);
            const taken = leased ?? { leaseId: 'emergency', order: (device.used[date]?.['emergency'] ?? 0) + 1 };
            device.journal.push({ date, ...taken });
            device.used = replay(device.journal);
            accepted++;
            codes.add(
              leased === null
                ? emergencyCode({ agencyCode: 'H36.12', date, series: String(device.instance), order: taken.order })
                : formatCode({ pattern: '{agency}-{yymmdd}-{order4}', agencyCode: 'H36.12', date, order: leased.order }),
            );
          }
        }
        expect(codes.size).toBe(accepted);
      }),
      { numRuns: 300 },
    );
  });
});
