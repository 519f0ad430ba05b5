/** How far a dossier is, as this device's own journal knows it: for an office's kiosk while the province cannot be asked. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Dossier } from '../../shared/dossiers/dossier.ts';
import { dossierOf, inTodaysForm, type JournalEntry } from '../../shared/journal/operation.ts';
import { fail, ok, type Failure, type Result } from '../../shared/lib/result.ts';
import { DAY_MS, type Clock } from '../../shared/lib/time.ts';
import type { DossierStatus, LookUpRequest } from '../../shared/lobby/look-up.ts';
import { GUESSES_A_DAY, isSecondFactor } from '../../shared/lobby/second-factor.ts';
import type { Journal } from '../journal/journal.ts';
import type { AcceptedDossiers } from './accepted-dossiers.ts';

export type LookUpHere = {
  /** No such dossier and other digits are `not-found` both. Each asking counts as a guess of the code. */
  ask(request: LookUpRequest): Promise<Result<DossierStatus, Failure<'not-found' | 'too-many'>>>;
  /** Another device knew the answer: it was no guess. */
  takeGuessBack(request: LookUpRequest): void;
};

/** What is older is asked of the province. */
const KNOWN_MS = 60 * DAY_MS;
const PAGE = 200;
/** No answer comes before this time has passed, whether there is such a dossier or not. */
const ANSWER_MS = 150;

type Options = { journal: Pick<Journal, 'head' | 'read'>; accepted: AcceptedDossiers; clock: Clock };

export function createLookUp({ journal, accepted, clock }: Options): LookUpHere {
  /** By every code a dossier ever had here; read from the journal when somebody first asks, and from then on what came since. */
  const ofCode = new Map<string, Set<string>>();
  let readTo: number | undefined;
  let reading: Promise<void> = Promise.resolve();
  const guesses = new Map<string, { count: number; sinceMs: number }>();

  function note({ dossierId, code }: Dossier): void {
    const known = ofCode.get(code.toUpperCase()) ?? new Set();
    ofCode.set(code.toUpperCase(), known.add(dossierId));
  }

  /** The first entry of the page. */
  async function notePage(afterSeq: number): Promise<JournalEntry | undefined> {
    const entries = await journal.read(afterSeq, PAGE);
    for (const entry of entries) {
      const dossier = dossierOf(entry) === undefined ? undefined : dossierOf(inTodaysForm(entry));
      if (dossier !== undefined) note(dossier);
    }
    return entries[0];
  }

  async function catchUp(): Promise<void> {
    const { seq } = journal.head();
    if (readTo === undefined) {
      for (let after = seq; after > 0;) {
        after = Math.max(0, after - PAGE);
        const first = await notePage(after);
        // Older than that, or already off this device.
        if (first === undefined || first.atMs < clock() - KNOWN_MS || first.seq > after + PAGE) break;
      }
    } else {
      for (let after = readTo; after < seq; after += PAGE) await notePage(after);
    }
    readTo = seq;
  }

  /** Counted before it is judged, so that many at once are no more tries than one after the other. */
  function countGuess(code: string): number {
    const nowMs = clock();
    for (const [other, { sinceMs }] of guesses) if (nowMs - sinceMs >= DAY_MS) guesses.delete(other);
    const { count, sinceMs } = guesses.get(code) ?? { count: 0, sinceMs: nowMs };
    guesses.set(code, { count: count + 1, sinceMs });
    return count + 1;
  }

  function takeGuessBack(code: string): void {
    const known = guesses.get(code);
    if (known !== undefined) known.count -= 1;
  }

  async function ask({ code: typed, lastDigits }: LookUpRequest): ReturnType<LookUpHere['ask']> {
    const code = typed.toUpperCase();
    const answerTime = sleep(ANSWER_MS);
    const guess = countGuess(code);
    await (reading = reading.then(catchUp, catchUp));
    const dossiers = await Promise.all([...(ofCode.get(code) ?? [])].map((dossierId) => accepted.find(dossierId)));
    await answerTime;
    if (guess > GUESSES_A_DAY) return fail('too-many');
    const found = dossiers
      .flatMap((one) => one?.dossier ?? [])
      .sort((a, b) => Number(b.code.toUpperCase() === code) - Number(a.code.toUpperCase() === code))
      .find((dossier) => isSecondFactor(numbersOf(dossier), lastDigits));
    if (found === undefined) return fail('not-found');
    takeGuessBack(code);
    const { code: now, procedureName, acceptedAtMs, dueAtMs } = found;
    return ok({ code: now, procedureName, acceptedAtMs, dueAtMs, stage: 'received' });
  }

  return { ask, takeGuessBack: ({ code }) => takeGuessBack(code.toUpperCase()) };
}

const numbersOf = ({ applicant, submitter }: Dossier): string[] => [
  (applicant.kind === 'person' ? applicant.idNumber : applicant.taxCode) ?? '',
  submitter?.idNumber ?? '',
];
