/** What the board shows of the queue. Each item is read alone: one that cannot be read is left out and counted, never the whole board. */
import { z } from 'zod';

/** No more of each than is shown, so that nothing else in it can blank a row. */
const calledSchema = z.object({
  ticketId: z.string().min(1),
  number: z.string().min(1).max(10),
  counter: z.string().min(1).max(60),
  calledAtMs: z.number(),
  /** False: served; the row stays until its counter calls the next. */
  isAtCounter: z.boolean().catch(false),
});
export type Called = z.infer<typeof calledSchema>;

const groupSchema = z.object({
  groupId: z.string().min(1),
  letter: z.string().max(2),
  name: z.string().max(200),
  waiting: z.number(),
  expectedWaitMs: z.number().nullable().catch(null),
});
export type Group = z.infer<typeof groupSchema>;

export type BoardView = {
  officeName: string;
  /** As they came, newest first by time. */
  called: Called[];
  groups: Group[];
  isClosed: boolean;
  isLost: boolean;
  unreadable: number;
};

const boardSchema = z.object({
  officeName: z.string().catch(''),
  called: z.array(z.unknown()).catch([]),
  groups: z.array(z.unknown()).catch([]),
  isClosed: z.boolean().catch(false),
  isLost: z.boolean().catch(false),
});

/** `board`: a `PublicBoard` of shared/queue, of this version or another. */
export function readBoard(board: unknown): BoardView {
  const { called, groups, ...facts } = boardSchema.catch({ officeName: '', called: [], groups: [], isClosed: false, isLost: false }).parse(board);
  const calls = readEach(calledSchema, called);
  const read = readEach(groupSchema, groups);
  return {
    ...facts,
    called: calls.items.sort((a, b) => b.calledAtMs - a.calledAtMs),
    groups: read.items,
    unreadable: calls.unreadable + read.unreadable,
  };
}

function readEach<T>(schema: z.ZodType<T>, items: readonly unknown[]): { items: T[]; unreadable: number } {
  const read = items.map((item) => schema.safeParse(item));
  return { items: read.flatMap(({ data }) => data ?? []), unreadable: read.filter(({ success }) => !success).length };
}

/** The rows of the board: each counter once, with whom it called last. */
export const rowsOf = (called: readonly Called[], count: number): Called[] =>
  called.filter((one) => called.find(({ counter }) => counter === one.counter) === one).slice(0, count);
