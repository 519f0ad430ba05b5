import { describe, expect, it } from 'vitest';
import type { JournalEntry } from '../journal/operation.ts';
import { acknowledge, emptyMemory, standingOf, type SyncMemory } from './memory.ts';
import type { EntryAnswer } from './protocol.ts';

const SCAN = 'b'.repeat(64);
const said = (seq: number, type: 'dossier.accepted' | 'dossier.corrected'): JournalEntry =>
  ({
    seq,
    operationId: `op-${seq}`,
    operation: { type, dossier: { dossierId: 'd', code: `c-${seq}`, papers: [{ pages: [{ sha256: SCAN }] }] } },
  }) as unknown as JournalEntry;
const accepted = said(1, 'dossier.accepted');
const corrected = said(2, 'dossier.corrected');
const hear = (memory: SyncMemory, entry: JournalEntry, status: EntryAnswer['status'], reason = 'invalid'): SyncMemory => {
  const results = [{ operationId: entry.operationId, seq: entry.seq, status, ...(status === 'rejected' ? { reason } : {}) }];
  return acknowledge(memory, [entry], { epoch: 1, head: { seq: entry.seq, hash: SCAN }, results }, 1000);
};
const standing = (memory: SyncMemory, seq: number) => standingOf(memory, { dossierId: 'd', seq });

describe('a dossier refused and corrected', () => {
  const refused = hear(emptyMemory, accepted, 'rejected');

  it('needs fixing, then waits, then is sent', () => {
    expect(standing(refused, 1)).toBe('needs-fix');
    expect(standing(refused, 2)).toBe('saved');
    const taken = hear(refused, corrected, 'applied');
    expect([standing(taken, 2), taken.rejected, taken.unconfirmed]).toEqual(['sent', [], { d: [SCAN] }]);
  });

  it('needs fixing again when the correction is refused, once and by its own reason', () => {
    const again = hear(refused, corrected, 'rejected', 'code-taken');
    expect(again.rejected).toMatchObject([{ operationId: 'op-2', reason: 'code-taken', code: 'c-2' }]);
    expect([standing(again, 2), standing(again, 3)]).toEqual(['needs-fix', 'saved']);
  });

  it('is delivered when the memory was lost and all is said again', () => {
    const relearnt = hear(hear(emptyMemory, accepted, 'rejected', 'dossier-exists'), corrected, 'duplicate');
    expect([relearnt.rejected, relearnt.unconfirmed, standing(relearnt, 2)]).toEqual([[], { d: [SCAN] }, 'sent']);
  });
});
