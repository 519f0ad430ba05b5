/** Owns where an entry stands in the journal of its device as the province knows it. */

export type JournalHeadAt = { seq: number; hash: string };
/** What is stored for a sequence number: the hash claimed for it, and whether that hash was found to be wrong. */
export type StoredSlot = { hash: string; wrongHash: boolean };

/**
 * - `next`: extends the journal by one.
 * - `known`: stored already, the same entry.
 * - `repair`: takes the place of an entry that was damaged on its way.
 * - `forked`: another entry holds this place, or it does not follow the one before: the device was copied or set back.
 * - `gap`: entries before it are missing; it is left unanswered and the device offers again from the head.
 */
export type Slot = 'next' | 'known' | 'repair' | 'forked' | 'gap';

/** `stored` is what is held at the entry's place, `before` at the place before it (undefined for the first). */
export function slotOf(
  entry: { seq: number; previousHash: string; hash: string },
  head: JournalHeadAt,
  stored: StoredSlot | undefined,
  before: StoredSlot | undefined,
  genesis: string,
): Slot {
  // What a damaged entry's true hash was is not known, so whatever follows it is taken at its word.
  const follows = before === undefined ? entry.previousHash === genesis : before.wrongHash || before.hash === entry.previousHash;
  if (entry.seq > head.seq + 1) return 'gap';
  if (entry.seq === head.seq + 1) return follows ? 'next' : 'forked';
  if (stored === undefined) return 'forked';
  if (stored.wrongHash && follows) return 'repair';
  return stored.hash === entry.hash ? 'known' : 'forked';
}
