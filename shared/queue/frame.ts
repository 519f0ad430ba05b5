/** What devices of an office say to each other about the queue; every frame from outside is parsed with this and nothing else is read of it. */
import { z } from 'zod';
import { lookUpRequestSchema } from '../lobby/look-up.ts';
import { commandSchema } from './command.ts';
import { loggedEventSchema, memberSchema, placeSchema } from './event.ts';
import { MAX_ATTACHMENT_BYTES } from './office.ts';
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
  /** `through`: how far the log of the receiver should go by now. */
  z.object({ t: z.literal('beat'), epoch, settled: seq, through: seq, atMs: z.int() }),
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
  /** To the hub, from the standby that holds the queue in this term: whoever reads it may ask for it back. */
  z.object({ t: z.literal('hand-back'), epoch }),
  z.object({ t: z.literal('command'), id: z.uuid(), command: commandSchema }),
  /** What a citizen left with a ticket, to whoever may hold the queue, and asked for by an officer's device. */
  z.object({ t: z.literal('attach'), id: z.uuid(), ticketId: z.uuid(), text: z.string().max(MAX_ATTACHMENT_BYTES) }),
  z.object({ t: z.literal('attachment'), id: z.uuid(), ticketId: z.uuid() }),
  /** How far a dossier is, of a kiosk to whoever holds the queue, and of that one to the counters. */
  z.object({ t: z.literal('look-up'), id: z.uuid(), request: lookUpRequestSchema }),
  /** The result of a command; its value is read by the type of the command that was sent. */
  z.object({ t: z.literal('answer'), id: z.uuid(), result: z.unknown() }),
]);
export type Frame = z.infer<typeof frameSchema>;

/** Of a frame from a device that holds or may hold the queue, and of one from any other. */
export const MOST_FRAME_CHARACTERS = { fromHolder: 16_000_000, fromMember: 2_000_000 };

const hex64 = z.string().regex(/^[0-9a-f]{64}$/u);
const element = z.string().regex(/^[0-9a-f]{512}$/u);
/** How two devices that do not know each other yet come to: device, hub, device, hub. */
export const pairingFrameSchema = z.discriminatedUnion('t', [
  z.object({
    t: z.literal('pair'),
    officeId: z.string().max(60),
    element,
    about: memberSchema.pick({ name: true, seat: true, role: true }).extend({ port: z.int().min(0).max(65535) }),
  }),
  z.object({ t: z.literal('pair-reply'), element, officeId: z.string().max(60) }),
  z.object({ t: z.literal('pair-word'), word: hex64 }),
  z.object({ t: z.literal('paired'), word: hex64, member: memberSchema, holders: z.array(memberSchema).max(4) }),
  z.object({ t: z.literal('refused'), kind: z.enum(['pairing-closed', 'pairing-code-wrong', 'other-office', 'not-the-hub']) }),
]);
export type PairingFrame = z.infer<typeof pairingFrameSchema>;
