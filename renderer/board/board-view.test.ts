import { describe, expect, it } from 'vitest';
import { readBoard, rowsOf } from './board-view.ts';

const called = (number: string, counter: string, calledAtMs: number, isAtCounter = true) => ({
  ticketId: number,
  number,
  counter,
  calledAtMs,
  isAtCounter,
  calls: 1,
});
const group = { groupId: 'civil', letter: 'A', name: 'Hộ tịch', waiting: 3, expectedWaitMs: 600_000 };
const board = (more: object = {}) => ({
  date: '2026-11-23',
  atMs: 1,
  officeName: 'An Bình',
  called: [],
  groups: [group],
  isClosed: false,
  isLost: false,
  ...more,
});
const rows = (items: unknown[], count = 6) => rowsOf(readBoard(board({ called: items })).called, count).map(({ number, counter }) => `${number}→${counter}`);

describe('the rows of the board', () => {
  it('begin with the newest call and hold each counter once', () => {
    expect(rows([called('A001', '1', 10, false), called('A003', '2', 30), called('A004', '1', 40)])).toEqual(['A004→1', 'A003→2']);
  });

  it('are no more than fit', () => {
    const many = Array.from({ length: 15 }, (_, index) => called(`A0${index}`, String(index), index));
    expect(rows(many)).toHaveLength(6);
    expect(rows(many)[0]).toBe('A014→14');
  });
});

describe('readBoard', () => {
  it('shows what can be read, whatever stands between', () => {
    const view = readBoard(
      board({ called: [called('A001', '1', 1), null, 'A002', { ...called('A003', '2', 2), number: 3 }], groups: [{ letter: 'B' }, group] }),
    );
    expect(view.called.map(({ number }) => number)).toEqual(['A001']);
    expect(view.groups).toEqual([group]);
    expect(view.unreadable).toBe(4);
  });

  it('reads a board of a later version, and one that lacks what is only of use', () => {
    expect(readBoard({ ...board(), later: true }).officeName).toBe('An Bình');
    const { isAtCounter: _, ...bare } = called('A001', '1', 1);
    const view = readBoard(board({ called: [bare], groups: [{ ...group, expectedWaitMs: undefined }] }));
    expect(view.called).toMatchObject([{ number: 'A001', isAtCounter: false }]);
    expect(view.groups).toMatchObject([{ expectedWaitMs: null }]);
    expect(view.unreadable).toBe(0);
  });

  it.each([null, undefined, 'board', [], {}, { called: 'none', groups: 7 }])('makes an empty board of %j', (nothing) => {
    expect(readBoard(nothing)).toEqual({ officeName: '', called: [], groups: [], isClosed: false, isLost: false, unreadable: 0 });
  });
});
