/** What devices of an office say to each other about the queue; every frame from outside is parsed with this and nothing else is read of it. */
import { z } from 'zod';
import { commandSchema } from './command.ts';
import { loggedEventSchema, placeSchema } from './event.ts';
import { queueStateSchema } from './state.ts';

const epoch = z.int().nonnegative();
const seq = z.int().nonnegative();
/** A whole queue: what is settled (`state`, as of `at`) and what is not yet. */
const snapshotSchema = z.object({ state: queueStateSchema, at: placeSchema, tail: z.array(loggedEventSchema).max(5000) });
export type Snapshot = z.infer<typeof snapshotSchema>;

export const frameSchema = z.discriminatedUnion('t', [
  /** The first of both sides. `last`: of the log; `numbers`: used on `date`, as far as the sender knows. */
  z.object({
    t: z.literal('hello'),
    last: placeSchema,
    settled: seq,
    promised: epoch,
    leads: epoch.nullable(),
    date: z.string().max(10),
    numbers: z.record(z.string().max(8), z.int().nonnegative()),
  }),
  z.object({ t: z.literal('beat'), epoch, settled: seq, atMs: z.int() }),
  /** `after`: where the log of the receiver must end for these to follow. */
  z.object({ t: z.literal('events'), epoch, after: placeSchema, events: z.array(loggedEventSchema).max(5000), settled: seq }),
  z.object({ t: z.literal('snapshot'), epoch, snapshot: snapshotSchema, settled: seq }),
  z.object({ t: z.literal('stored'), epoch, seq }),
  /** The log does not end where it must. */
  z.object({ t: z.literal('resync'), last: placeSchema }),
  /** To one whose term is over. */
  z.object({ t: z.literal('stale'), promised: epoch }),
  /** `isWord`: a person asks, not a timer. */
  z.object({ t: z.literal('ask'), epoch, last: placeSchema, isWord: z.boolean() }),
  z.object({ t: z.literal('vote'), epoch, isGranted: z.boolean(), promised: epoch, newer: snapshotSchema.optional() }),
  z.object({ t: z.literal('command'), id: z.uuid(), command: commandSchema }),
  /** The result of a command; its value is read by the type of the command that was sent. */
  z.object({ t: z.literal('answer'), id: z.uuid(), result: z.unknown() }),
]);
export type Frame = z.infer<typeof frameSchema>;
