/** What can be wrong with a journal on disk. Every kind is something an administrator has to look at, except a torn tail. */

export type EntryProblemKind = 'not-in-chain' | 'sealed-with-other-key' | 'unreadable-operation';

export type JournalProblem =
  /** The last write did not finish before the power went; nothing acknowledged is in it. Kept beside the segment as `.torn`. */
  | { kind: 'torn-tail'; segment: string; offset: number; bytes: number }
  | { kind: 'damaged'; segment: string; offset: number; bytes: number }
  /** Entries, up to `throughSeq`, that are whole but do not fit the chain, do not open or do not parse. */
  | { kind: EntryProblemKind; seq: number; throughSeq: number }
  /** An entry that was readable at start and no longer is. */
  | { kind: 'unreadable-entry'; seq: number }
  /** Entries between these two seqs, both exclusive, were in the journal and are gone. */
  | { kind: 'entries-missing'; afterSeq: number; beforeSeq: number }
  /** The device has signed a longer or another history than the one on disk: cut, edited or restored from a copy. */
  | { kind: 'shorter-than-signed-head'; seq: number; signedSeq: number }
  | { kind: 'differs-from-signed-head'; signedSeq: number }
  | { kind: 'signed-head-missing' };

/** Entries in a row with the same problem are one problem: a million of them must not be a million lines. */
export function addEntryProblem(problems: JournalProblem[], kind: EntryProblemKind, seq: number): void {
  const last = problems.at(-1);
  if (last?.kind === kind && 'throughSeq' in last && last.throughSeq + 1 === seq) problems[problems.length - 1] = { ...last, throughSeq: seq };
  else problems.push({ kind, seq, throughSeq: seq });
}
