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
  /** The same for whoever sends it to someone who judges it: the form of the operation, which was looked at when it was written, is not looked at again. */
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

  function open(stored: StoredEntry, isReadable: (operation: unknown) => boolean, note?: typeof noteBytes): Opened {
    const plain = tryOpen(stored.sealed, stored.seq);
    if (plain === undefined) return { kind: 'sealed-with-other-key' };
    try {
      const { operationId, operatorId, operation } = payloadSchema.parse(JSON.parse(plain.toString('utf8')));
      if (!isReadable(operation)) return { kind: 'unreadable-operation' };
      const { seq, atMs, monotonicMs, previousHash, hash } = stored;
      const entry = { seq, operationId, atMs, monotonicMs, operatorId, previousHash, hash, operation: operation as Operation };
      note?.(entry, plain);
      return { kind: 'opened', entry };
    } catch {
      return { kind: 'unreadable-operation' };
    }
  }

  return {
    seal(entry) {
      const { operationId, operatorId, operation } = entry;
      return { ...entry, sealed: vault.seal(Buffer.from(JSON.stringify({ operationId, operatorId, operation }), 'utf8'), contextOf(entry.seq)) };
    },
    open: (stored) => open(stored, (operation) => operationSchema.safeParse(operation).success),
    openToSend: (stored) => open(stored, (operation) => typeof operation === 'object' && operation !== null, noteBytes),
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
