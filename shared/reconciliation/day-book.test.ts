import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aDossier, aTicket } from '../../tests/fixtures/dossiers.ts';
import type { Dossier, DossierId } from '../dossiers/dossier.ts';
import type { Operation } from '../journal/operation.ts';
import { instantOf } from '../lib/time.ts';
import { canonicalJson } from './canonical-json.ts';
import { addToBook, dayBookSchema, emptyDayBook, isOpen, lastSeqOf, statementOf, type DayBook, type DayPage } from './day-book.ts';
import { isConsistent, statementSchema, statementText } from './statement.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const journalId = '0192f3a0-0000-7000-8000-000000000001';
const monday = '2026-11-23';
const tuesday = '2026-11-24';
const head = (seq: number) => ({ seq, hash: sha256(`head ${seq}`) });
const idOf = (n: number) => `0192f3a0-8d2f-7c55-8e1f-${String(n).padStart(12, '0')}` as DossierId;

const accepted = (n: number, date = monday, change: Partial<Dossier> = {}): Operation => ({
  type: 'dossier.accepted',
  dossier: aDossier({ dossierId: idOf(n), code: `H36.12-${n}`, acceptedAtMs: instantOf(date, '09:00'), ...change }),
  number: { leaseId: 'lease', order: n },
});
const called = (type: 'ticket.called' | 'ticket.finished' | 'ticket.no-show', date = monday): Operation => ({
  type,
  ticketId: aTicket().ticketId,
  number: 'A012',
  counter: '1',
  atMs: instantOf(date, '09:00'),
});

const bookOf = (operations: Operation[]): DayBook => {
  const book = emptyDayBook();
  operations.forEach((operation, index) => addToBook(book, { seq: index + 1, atMs: instantOf(monday, '10:00'), operation }, sha256));
  return book;
};
const pageOf = (book: DayBook, date = monday): DayPage => {
  const page = book.pages[date];
  if (page === undefined) throw new Error(`no page of ${date}`);
  return page;
};

describe('a correction', () => {
  const first = accepted(1);
  const corrected = (n: number, change: Partial<Dossier>, date = monday): Operation => {
    const { dossier } = accepted(n, date, change) as Extract<Operation, { type: 'dossier.accepted' }>;
    return { type: 'dossier.corrected', dossier, correctedAtMs: instantOf(tuesday, '08:00') };
  };
  const line = (book: DayBook, seq: number) => statementOf(pageOf(book), journalId, head(seq))?.dossiers[0];

  it('is told by statements at its entry or later, and opens the day of the acceptance again', () => {
    const book = bookOf([first, corrected(1, { code: 'H36.12-9' }), corrected(1, { code: 'H36.12-9', note: 'Sửa tên' })]);
    expect([1, 2, 3].map((seq) => line(book, seq)?.code)).toEqual(['H36.12-1', 'H36.12-9', 'H36.12-9']);
    expect(new Set([1, 2, 3].map((seq) => line(book, seq)?.digest)).size).toBe(3);
    expect(pageOf(book).dossiers).toHaveLength(1);
    expect(lastSeqOf(pageOf(book))).toBe(3);
    pageOf(book).closing = { head: head(1), digest: sha256(''), atMs: 1 };
    expect(isOpen(pageOf(book))).toBe(true);
    expect(Object.keys(book.pages)).toEqual([monday]);
    expect(dayBookSchema.parse(JSON.parse(JSON.stringify(book)))).toEqual(book);
  });

  it('says the same to a province that never took the acceptance', () => {
    const correction = corrected(1, { note: 'Sửa tên' });
    const own = bookOf([first, correction]);
    const province = emptyDayBook();
    addToBook(province, { seq: 2, atMs: 1, operation: correction }, sha256);
    expect(line(province, 2)).toEqual(line(own, 2));
    expect(statementOf(pageOf(province), journalId, head(2))?.fees).toEqual(statementOf(pageOf(own), journalId, head(2))?.fees);
  });
});

describe('the statement of a day', () => {
  const le = { feeId: 'a', kind: 'le-phi' as const, name: 'a', quantity: 1, amountVnd: 8000 };
  const phi = { ...le, kind: 'phi' as const, amountVnd: 50_000 };
  const book = bookOf([
    { type: 'catalogue.installed', version: '1', procedures: 1 },
    { type: 'ticket.issued', ticket: aTicket({ date: monday }) },
    called('ticket.called'),
    accepted(1, monday, { fees: [le, phi] }),
    accepted(2, monday, { channel: 'post' }),
    accepted(3, tuesday),
    called('ticket.finished'),
    accepted(4, monday),
  ]);

  it('counts by procedure, channel and state, with fees, tickets and where the day begins', () => {
    const statement = statementOf(pageOf(book), journalId, head(7));
    expect(statement).toMatchObject({
      date: monday,
      firstSeq: 2,
      head: head(7),
      counts: [
        { procedureCode: '1.001193', channel: 'counter', state: 'accepted', count: 1 },
        { procedureCode: '1.001193', channel: 'post', state: 'accepted', count: 1 },
      ],
      fees: { phiVnd: 50_000, lePhiVnd: 8000 },
      tickets: { issued: 1, called: 1, served: 1, noShow: 0 },
    });
    expect(statement?.dossiers.map(({ dossierId }) => dossierId)).toEqual([idOf(1), idOf(2)]);
    expect(statement && isConsistent(statement)).toBe(true);
  });

  it('belongs to the date of acceptance, whenever it was journalled', () => {
    expect(statementOf(pageOf(book), journalId, head(8))?.dossiers.map(({ dossierId }) => dossierId)).toEqual([idOf(1), idOf(2), idOf(4)]);
    expect(statementOf(pageOf(book, tuesday), journalId, head(8))?.dossiers.map(({ dossierId }) => dossierId)).toEqual([idOf(3)]);
  });

  it('is undefined while nothing had happened', () => {
    expect(statementOf(pageOf(book), journalId, head(1))).toBeUndefined();
  });

  it('is open again when something follows its closing', () => {
    const closing: Operation = { type: 'day.closed', date: monday, head: head(2), statement: sha256('x') };
    expect(isOpen(pageOf(bookOf([accepted(1), accepted(2), closing])))).toBe(false);
    const later = pageOf(bookOf([accepted(1), accepted(2), closing, accepted(3)]));
    expect([isOpen(later), lastSeqOf(later), later.closing?.head.seq]).toEqual([true, 4, 2]);
  });

  it('says of a dossier what it was at the head: handed over the same day, or only later', () => {
    const handOver: Operation = { type: 'dossiers.handed-over', handOverId: journalId, dossierIds: [idOf(1), idOf(3)] };
    const page = pageOf(bookOf([accepted(1), accepted(2), handOver, accepted(4)]));
    const statesAt = (seq: number) => statementOf(page, journalId, head(seq))?.dossiers.map(({ state }) => state);
    expect([statesAt(2), statesAt(3), statesAt(4)]).toEqual([
      ['accepted', 'accepted'],
      ['handed-over', 'accepted'],
      ['handed-over', 'accepted', 'accepted'],
    ]);
    // Not a reason to close the day again: the statement told how the day ended.
    expect(lastSeqOf(pageOf(bookOf([accepted(1), handOver])))).toBe(1);
  });

  it('counts a dossier that is journalled twice once', () => {
    expect(statementOf(pageOf(bookOf([accepted(1), accepted(1)])), journalId, head(2))?.dossiers).toHaveLength(1);
  });

  it('digests a body alike in whatever order its members are, with fields only a newer app knows', () => {
    const digestOf = (operation: unknown) => statementOf(pageOf(bookOf([operation as Operation])), journalId, head(1))?.dossiers[0]?.digest;
    const operation = accepted(1) as Extract<Operation, { type: 'dossier.accepted' }>;
    const reversed = Object.fromEntries(Object.entries(operation.dossier).reverse());
    expect(digestOf({ ...operation, dossier: reversed })).toBe(digestOf(operation));
    expect(digestOf({ ...operation, dossier: { ...operation.dossier, newer: 1 } })).not.toBe(digestOf(operation));
  });
});

const operationArbitrary = fc.oneof(
  fc.integer({ min: 1, max: 12 }).map((n): Operation => ({ type: 'dossiers.handed-over', handOverId: journalId, dossierIds: [idOf(n)] })),
  fc.record({ n: fc.integer({ min: 1, max: 12 }), date: fc.constantFrom(monday, tuesday) }).map(({ n, date }) => accepted(n, date)),
  fc.constantFrom(monday, tuesday).map((date): Operation => ({ type: 'ticket.issued', ticket: aTicket({ date }) })),
  fc
    .record({ type: fc.constantFrom('ticket.called' as const, 'ticket.no-show' as const), date: fc.constantFrom(monday, tuesday) })
    .map(({ type, date }) => called(type, date)),
);

describe('the fold', () => {
  it('tells a day at a head the same, however many entries have come since and however often it was put away', () => {
    fc.assert(
      fc.property(fc.array(operationArbitrary, { minLength: 1, maxLength: 30 }), fc.nat(), (operations, cut) => {
        const at = (cut % operations.length) + 1;
        const early = bookOf(operations.slice(0, at));
        const whole: DayBook = dayBookSchema.parse(JSON.parse(JSON.stringify(early)));
        // Everything once more from the start: what was taken before changes nothing.
        operations.forEach((operation, index) => addToBook(whole, { seq: index + 1, atMs: 0, operation }, sha256));
        expect(whole).toEqual(bookOf(operations));
        for (const date of [monday, tuesday]) {
          const then = early.pages[date] && statementOf(early.pages[date], journalId, head(at));
          const now = whole.pages[date] && statementOf(whole.pages[date], journalId, head(at));
          expect(now).toEqual(then);
          if (now !== undefined) {
            expect(isConsistent(now)).toBe(true);
            expect(statementSchema.parse(JSON.parse(statementText(now)))).toEqual(now);
          }
        }
      }),
    );
  });
});

describe('canonical JSON', () => {
  it('is one text whatever the order of members, and the same value when read', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(JSON.parse(text))).toBe(text);
      }),
    );
    expect(canonicalJson({ b: 1, a: [{ d: null, c: undefined }], ă: 'đ' })).toBe('{"a":[{"d":null}],"b":1,"ă":"đ"}');
  });
});
