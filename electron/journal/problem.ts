/** What can be wrong with a journal on disk. Every kind is something an administrator has to look at, except a torn tail. */

export type JournalProblem =
  /** The last write did not finish before the power went; nothing acknowledged is in it. Kept beside the segment as `.torn`. */
  | { kind: 'torn-tail'; segment: string; offset: number; bytes: number }
  | { kind: 'damaged'; segment: string; offset: number; bytes: number }
  /** An entry that is whole but does not fit the chain, does not open or does not parse. */
  | { kind: 'not-in-chain' | 'sealed-with-other-key' | 'unreadable-operation'; seq: number }
  /** An entry that was readable at start and no longer is. */
  | { kind: 'unreadable-entry'; seq: number }
  /** Entries between these two seqs, both exclusive, were in the journal and are gone. */
  | { kind: 'entries-missing'; afterSeq: number; beforeSeq: number }
  /** The device has signed a longer or another history than the one on disk: cut, edited or restored from a copy. */
  | { kind: 'shorter-than-signed-head'; seq: number; signedSeq: number }
  | { kind: 'differs-from-signed-head'; signedSeq: number }
  | { kind: 'signed-head-missing' };
