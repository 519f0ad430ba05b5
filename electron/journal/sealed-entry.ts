/** A journal entry sealed and opened again: what is encrypted, what it is bound to, and what its hash covers. */
import { z } from 'zod';
import { chainText } from '../../shared/journal/chain.ts';
import { counterStateSchema, type CounterState } from '../../shared/journal/counter-state.ts';
import { operationSchema, type JournalEntry, type Operation } from '../../shared/journal/operation.ts';
import { sha256 } from '../digest.ts';
import type { Vault } from '../keys/vault.ts';
import { noteBytes } from '../entry-bytes.ts';
import type { StoredEntry } from './entry-codec.ts';

const payloadSchema = z.object({ operationId: z.uuid(), operatorId: z.string(), operation: z.unknown() });
const snapshotSchema = z.object({ previousHash: z.string(), state: counterStateSchema });

export const hashEntry = (entry: Omit<JournalEntry, 'hash'>): string => sha256(chainText(entry, sha256(JSON.stringify(entry.operation))));

type Opened = { kind: 'opened'; entry: JournalEntry } | { kind: 'sealed-with-other-key' | 'unreadable-operation' };

/** Seals under one device's key, each thing bound to the journal and its place in it. */
export type JournalSeal = {
  seal(entry: JournalEntry): StoredEntry;
  /** The operation as it was written, whose JSON has the hash. `sealed-with-other-key`: not ours, or moved; `unreadable-operation`: ours, but not one this version knows. */
  open(stored: StoredEntry): Opened;
  /** The same for whoever sends it to someone who judges it: the operation, which was looked at when it was written, is read only when it is looked at again. */
  openToSend(stored: StoredEntry): Opened;
  sealState(firstSeq: number, previousHash: string, state: CounterState): Buffer;
  openState(firstSeq: number, previousHash: string, sealed: Buffer): CounterState | undefined;
  sealIndex(segment: string, plain: Buffer): Buffer;
  openIndex(segment: string, sealed: Buffer): Buffer | undefined;
};

export function createJournalSeal(journalId: string, vault: Vault): JournalSeal {
  const contextOf = (place: string | number): string => `journal/${journalId}/${place}`;
  const tryOpen = (sealed: Buffer, place: string | number): Buffer | undefined => {
    try {
      return vault.open(sealed, contextOf(place));
    } catch {
      return undefined;
    }
  };

  function open(stored: StoredEntry, isReadable: (operation: unknown) => boolean, plain = tryOpen(stored.sealed, stored.seq)): Opened {
    if (plain === undefined) return { kind: 'sealed-with-other-key' };
    try {
      const { operationId, operatorId, operation } = payloadSchema.parse(JSON.parse(plain.toString('utf8')));
      if (!isReadable(operation)) return { kind: 'unreadable-operation' };
      const { seq, atMs, monotonicMs, previousHash, hash } = stored;
      return { kind: 'opened', entry: { seq, operationId, atMs, monotonicMs, operatorId, previousHash, hash, operation: operation as Operation } };
    } catch {
      return { kind: 'unreadable-operation' };
    }
  }

  function openToSend(stored: StoredEntry): Opened {
    const plain = tryOpen(stored.sealed, stored.seq);
    if (plain === undefined) return { kind: 'sealed-with-other-key' };
    const ids = idsIn(plain);
    const opened = ids === undefined ? open(stored, isObject, plain) : openUnread(stored, ids, plain);
    if (opened.kind === 'opened') noteBytes(opened.entry, stored, plain);
    return opened;
  }

  return {
    seal(entry) {
      const { operationId, operatorId, operation } = entry;
      return { ...entry, sealed: vault.seal(Buffer.from(JSON.stringify({ operationId, operatorId, operation }), 'utf8'), contextOf(entry.seq)) };
    },
    open: (stored) => open(stored, (operation) => operationSchema.safeParse(operation).success),
    openToSend,
    sealState: (firstSeq, previousHash, state) => vault.seal(Buffer.from(JSON.stringify({ previousHash, state }), 'utf8'), contextOf(`state/${firstSeq}`)),
    openState(firstSeq, previousHash, sealed) {
      const plain = tryOpen(sealed, `state/${firstSeq}`);
      if (plain === undefined) return undefined;
      const snapshot = snapshotSchema.safeParse(JSON.parse(plain.toString('utf8')));
      return snapshot.success && snapshot.data.previousHash === previousHash ? snapshot.data.state : undefined;
    },
    sealIndex: (segment, plain) => vault.seal(plain, contextOf(`index/${segment}`)),
    openIndex: (segment, sealed) => tryOpen(sealed, `index/${segment}`),
  };
}

const isObject = (operation: unknown): boolean => typeof operation === 'object' && operation !== null;

type Ids = Pick<JournalEntry, 'operationId' | 'operatorId'>;

/** `JSON.stringify` of `seal` puts them first, and an operation that is an object last. */
const PAYLOAD_BEGINS = /^\{"operationId":"([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})","operatorId":"([ !#-[\]-~]*)","operation":\{/u;
/** An operator's id has 100 characters at most; one that is not ASCII is read as JSON. */
const BEGINNING_BYTES = 256;

/** Undefined when a payload does not begin as `seal` writes it. What the tag of its cipher has vouched for is the JSON that was sealed. */
function idsIn(plain: Buffer): Ids | undefined {
  const [, operationId, operatorId] = PAYLOAD_BEGINS.exec(plain.toString('latin1', 0, BEGINNING_BYTES)) ?? [];
  return operationId === undefined || operatorId === undefined ? undefined : { operationId, operatorId };
}

function openUnread({ seq, atMs, monotonicMs, previousHash, hash }: StoredEntry, { operationId, operatorId }: Ids, plain: Buffer): Opened {
  let read: Operation | undefined;
  const entry: JournalEntry = {
    ...{ seq, operationId, atMs, monotonicMs, operatorId, previousHash, hash },
    get operation() {
      return (read ??= (JSON.parse(plain.toString('utf8')) as JournalEntry).operation);
    },
  };
  return { kind: 'opened', entry };
}
