/**
 * Closes days: writes the statement from the journal, journals that it was written, sends it signed, and keeps the province's
 * word. A day nobody closed is closed at the first start of a later one.
 */
import { sign, type KeyObject } from 'node:crypto';
import { setTimeout as rest } from 'node:timers/promises';
import { addDays } from '../../shared/calendar/dates.ts';
import { dossierOf, inTodaysForm, type JournalEntry } from '../../shared/journal/operation.ts';
import { fail, ok, type Failure, type Result } from '../../shared/lib/result.ts';
import { dateAt, type Clock, type PlainDate } from '../../shared/lib/time.ts';
import { addToBook, isOpen, statementOf, type DayPage } from '../../shared/reconciliation/day-book.ts';
import { createMonitoring, type MonitoringRow, type Period } from '../../shared/reconciliation/monitoring.ts';
import type { ReconciledDay, ReconciliationState } from '../../shared/reconciliation/state.ts';
import { signedText, statementText, type Statement, type TicketTotals } from '../../shared/reconciliation/statement.ts';
import type { ProvinceFailure } from '../../shared/sync/engine.ts';
import type { StatementAnswer, StatementRequest } from '../../shared/sync/protocol.ts';
import { sha256 } from '../digest.ts';
import { SYSTEM_OPERATOR } from '../by-system.ts';
import type { Journal } from '../journal/journal.ts';
import type { Log } from '../log.ts';
import type { BookFile, DayAnswer, ReconciliationMemory } from './book-file.ts';

const PAGE = 200;
const REST_MS = 5;
/** A day on which the province did not agree is asked about again after this long, and as soon as it has acknowledged more. */
const ASK_AGAIN_MS = 10 * 60_000;
/** Days that agree leave the memory after this many. */
const KEPT_DAYS = 92;
const SHOWN_DAYS = 31;
const LOOK_EVERY_MS = 60_000;
/** What a long journal has told is kept every so many entries, so that a start that is cut off need not be told it again. */
const KEPT_EVERY = 10 * PAGE;

export type Statements = {
  state(): Promise<ReconciliationState>;
  close(date: PlainDate): Promise<Result<null, Failure>>;
  /** Asks about every day that does not agree, now. */
  ask(): Promise<Result<null, Failure>>;
  /** To be called with every pass of the sync: whatever is due is sent when the line, what is acknowledged or the journal has changed, or sending failed. */
  wake(): void;
  figures(period: Period): Promise<MonitoringRow[]>;
  /** Of a date up to now; null when nothing happened on it. */
  ticketsOf(date: PlainDate): Promise<TicketTotals | null>;
  /** Begins to close and to send by itself. */
  start(): void;
  stop(): Promise<void>;
};

type Options = {
  journal: Pick<Journal, 'journalId' | 'head' | 'firstSeq' | 'read' | 'transact'>;
  file: BookFile;
  deviceKey: KeyObject;
  send(request: StatementRequest): Promise<Result<StatementAnswer, ProvinceFailure>>;
  isOnline(): boolean;
  acknowledgedSeq(): number;
  /** The province holds the dossier and every scan of it. */
  isConfirmed(dossierId: string): boolean;
  operatorId: string;
  clock: Clock;
  onChange(state: ReconciliationState): void;
  log: Log;
};

export function createStatements(options: Options): Statements {
  const { journal, file, deviceKey, clock, log } = options;
  let loaded: ReconciliationMemory | undefined;
  let savedThrough = 0;
  let turn: Promise<unknown> = Promise.resolve();
  let timer: ReturnType<typeof setInterval> | undefined;
  let isStopped = false;
  let isWoken = false;
  /** What the last look was at; empty when it has to be taken again. */
  let lookedAt = '';
  let told = '';

  /** One thing after the other: each works on the book the one before left. */
  function inTurn<T>(work: (memory: ReconciliationMemory) => Promise<T>): Promise<T> {
    const next = turn.then(async () => work(await caughtUp()));
    turn = next.catch(() => undefined);
    return next;
  }

  /** The book with everything the journal holds. */
  async function caughtUp(): Promise<ReconciliationMemory> {
    if (loaded === undefined) {
      loaded = await file.load(journal.journalId);
      savedThrough = loaded.book.throughSeq;
    }
    const memory = loaded;
    while (memory.book.throughSeq < journal.head().seq) {
      const entries = await journal.read(memory.book.throughSeq, PAGE);
      const first = entries[0];
      // Entries that can no longer be read are passed over; the journal has reported them.
      if (first === undefined) {
        memory.book.throughSeq = journal.head().seq;
        break;
      }
      if (first.seq > memory.book.throughSeq + 1 && journal.firstSeq() > memory.book.throughSeq + 1) memory.wholeFrom = addDays(dateAt(first.atMs), 1);
      for (const entry of entries) addToBook(memory.book, entry, sha256);
      if (memory.book.throughSeq >= savedThrough + KEPT_EVERY) await save(memory);
      // Whoever is at the counter comes before a long journal.
      if (memory.book.throughSeq < journal.head().seq) await rest(REST_MS);
    }
    return memory;
  }

  async function save(memory: ReconciliationMemory): Promise<void> {
    const oldest = addDays(dateAt(clock()), -KEPT_DAYS);
    for (const [date, page] of Object.entries(memory.book.pages)) {
      if (date >= oldest || statusOf(memory, page) !== 'agrees') continue;
      delete memory.book.pages[date];
      delete memory.answers[date];
    }
    await file.save(memory);
    savedThrough = memory.book.throughSeq;
  }

  const isWhole = (memory: ReconciliationMemory, date: PlainDate): boolean => memory.wholeFrom === null || date >= memory.wholeFrom;

  function answerOf(memory: ReconciliationMemory, page: DayPage): DayAnswer | undefined {
    const answer = memory.answers[page.date];
    return answer?.headSeq === page.closing?.head.seq ? answer : undefined;
  }

  function statusOf(memory: ReconciliationMemory, page: DayPage): ReconciledDay['status'] {
    return isOpen(page) ? 'open' : (answerOf(memory, page)?.outcome?.status ?? 'unsent');
  }

  async function closeDay(memory: ReconciliationMemory, date: PlainDate, operatorId: string): Promise<Result<null, Failure>> {
    const page = memory.book.pages[date];
    const { seq, hash } = journal.head();
    // An entry that came between reading and closing belongs to the next statement.
    const head = { seq, hash };
    const statement = page === undefined || memory.book.throughSeq < seq ? undefined : statementOf(page, journal.journalId, head);
    if (page === undefined || statement === undefined) return fail('nothing-to-close');
    if (!isOpen(page)) return ok(null);
    // The journal is where it stands; the book learns it from there with whatever is asked next.
    const closed = await journal.transact(operatorId, () => ok({ type: 'day.closed' as const, date, head, statement: sha256(statementText(statement)) }));
    return closed.ok ? ok(null) : closed;
  }

  async function closeEarlierDays(): Promise<void> {
    const today = dateAt(clock());
    const dates = await inTurn(async (memory) =>
      Object.values(memory.book.pages)
        .filter((page) => page.date < today && isOpen(page) && isWhole(memory, page.date))
        .map(({ date }) => date)
        .sort(),
    );
    for (const date of dates) {
      if (isStopped) return;
      const closed = await inTurn((memory) => closeDay(memory, date, SYSTEM_OPERATOR));
      if (!closed.ok) log.warn(`day not closed: ${closed.failure.kind}`);
    }
    if (dates.length > 0) log.info(`${dates.length} earlier days closed`);
  }

  /** As it stood when the day was closed, from the same entries. */
  function closedStatement(page: DayPage): Statement | undefined {
    if (page.closing === null) return undefined;
    const statement = statementOf(page, journal.journalId, page.closing.head);
    if (statement !== undefined && sha256(statementText(statement)) === page.closing.digest) return statement;
    // Written by a version that told the day otherwise: closed anew, so that what is sent is what the journal says was written.
    log.error(`the statement of ${page.date} cannot be written again as it was; the day is closed anew`);
    page.closing = null;
    return undefined;
  }

  function isDue(memory: ReconciliationMemory, page: DayPage, isAsked: boolean): boolean {
    if (page.closing === null || page.closing.head.seq > options.acknowledgedSeq()) return false;
    const answer = answerOf(memory, page);
    if (answer === undefined) return true;
    if (answer.outcome?.status === 'agrees') return false;
    return isAsked || clock() >= answer.atMs + ASK_AGAIN_MS || (answer.outcome !== null && options.acknowledgedSeq() > answer.acknowledgedSeq);
  }

  /** Sends what is due, oldest first. Resolves with the failure of a line that went away. */
  async function sendDue(memory: ReconciliationMemory, isAsked: boolean): Promise<ProvinceFailure | undefined> {
    const pages = Object.values(memory.book.pages).sort((a, b) => (a.date < b.date ? -1 : 1));
    let isChanged = false;
    let failure: ProvinceFailure | undefined;
    for (const page of pages) {
      if (isStopped || !options.isOnline() || failure !== undefined) break;
      if (!isDue(memory, page, isAsked)) continue;
      const statement = closedStatement(page);
      if (statement === undefined) continue;
      const acknowledgedSeq = options.acknowledgedSeq();
      const text = statementText(statement);
      const signature = sign('sha256', Buffer.from(signedText(text), 'utf8'), { key: deviceKey, dsaEncoding: 'ieee-p1363' }).toString('base64url');
      const sent = await options.send({ text, signature });
      if (!sent.ok && sent.failure.kind !== 'refused') {
        failure = sent.failure;
        continue;
      }
      isChanged = true;
      memory.answers[page.date] = {
        headSeq: statement.head.seq,
        atMs: clock(),
        acknowledgedSeq,
        outcome: sent.ok ? sent.value.outcome : null,
        refused: sent.ok || sent.failure.kind !== 'refused' ? null : sent.failure.reason,
      };
    }
    if (isChanged) await save(memory);
    return failure;
  }

  async function publish(): Promise<void> {
    const current = await state();
    const words = JSON.stringify(current);
    if (words === told) return;
    told = words;
    options.onChange(current);
  }

  const state = (): Promise<ReconciliationState> => inTurn(async (memory) => stateOf(memory));

  function stateOf(memory: ReconciliationMemory): ReconciliationState {
    const today = dateAt(clock());
    const pages = Object.values(memory.book.pages).filter(({ date }) => isWhole(memory, date));
    const days = pages.map((page): ReconciledDay => {
      const answer = answerOf(memory, page);
      const { dossiers, tickets, closing } = page;
      return {
        date: page.date,
        status: statusOf(memory, page),
        dossiers: dossiers.length,
        tickets: tickets.issued.length,
        fees: { phiVnd: dossiers.reduce((sum, { phiVnd }) => sum + phiVnd, 0), lePhiVnd: dossiers.reduce((sum, { lePhiVnd }) => sum + lePhiVnd, 0) },
        closedAtMs: closing?.atMs ?? null,
        sinceClosing: closing === null ? 0 : dossiers.filter(({ seq }) => seq > closing.head.seq).length,
        correctedSince:
          closing === null
            ? 0
            : dossiers.filter(({ seq, corrected = [] }) => seq <= closing.head.seq && corrected.some((one) => one.seq > closing.head.seq)).length,
        answeredAtMs: answer?.atMs ?? null,
        refused: answer?.refused ?? null,
        differences: answer?.outcome?.status === 'differs' ? answer.outcome.differences : [],
      };
    });
    const byDate = days.sort((a, b) => (a.date > b.date ? -1 : 1));
    // What does not agree stays in sight, however old.
    return { today, days: byDate.filter(({ status }, index) => index < SHOWN_DAYS || status !== 'agrees') };
  }

  async function look(): Promise<void> {
    try {
      await closeEarlierDays();
      await inTurn(async (memory) => {
        if ((await sendDue(memory, false)) !== undefined) lookedAt = '';
        if (memory.book.throughSeq > savedThrough + PAGE) await save(memory);
      });
      await publish();
    } catch (error) {
      lookedAt = '';
      log.error(`reconciliation stopped: ${error instanceof Error ? error.message : ''}`);
    }
  }

  /** One look at a time, since closing a year of days wakes as often as it closes. */
  let looking: Promise<void> = Promise.resolve();

  function lookInTurn(begins: () => void = () => undefined): void {
    looking = looking.then(() => {
      begins();
      return look();
    });
  }

  function wake(): void {
    const now = `${options.isOnline()}/${options.acknowledgedSeq()}/${journal.head().seq}`;
    if (isWoken || isStopped || timer === undefined || now === lookedAt) return;
    isWoken = true;
    lookedAt = now;
    setImmediate(() => lookInTurn(() => (isWoken = false)));
  }

  async function* dossiersBetween(from: PlainDate, to: PlainDate): AsyncGenerator<JournalEntry> {
    const { book } = await inTurn(async (memory) => memory);
    const seqs = Object.values(book.pages)
      .filter(({ date }) => date >= from && date <= to)
      .flatMap(({ dossiers }) => dossiers.map(({ seq }) => seq));
    const last = Math.max(0, ...seqs);
    for (let after = Math.min(...seqs) - 1; after < last;) {
      const entries = await journal.read(after, PAGE);
      const read = entries.at(-1);
      if (read === undefined) return;
      yield* entries;
      after = read.seq;
    }
  }

  return {
    state,
    wake,
    async close(date) {
      // Once more when an entry came between reading the journal and closing.
      const work = (memory: ReconciliationMemory): Promise<Result<null, Failure>> => closeDay(memory, date, options.operatorId);
      const first = await inTurn(work);
      const closed = !first.ok && first.failure.kind === 'nothing-to-close' ? await inTurn(work) : first;
      await publish();
      wake();
      return closed;
    },
    async ask() {
      if (!options.isOnline()) return fail('province-away');
      const failure = await inTurn((memory) => sendDue(memory, true));
      await publish();
      return failure === undefined ? ok(null) : fail('province-away');
    },
    async figures(period) {
      const monitoring = createMonitoring(period);
      for await (const entry of dossiersBetween(period.from, period.to)) {
        const dossier = dossierOf(inTodaysForm(entry));
        if (dossier !== undefined) monitoring.add(dossier, options.isConfirmed(dossier.dossierId));
      }
      return monitoring.rows();
    },
    ticketsOf: (date) =>
      inTurn(async ({ book }) => {
        const page = book.pages[date];
        const { seq, hash } = journal.head();
        return page === undefined ? null : (statementOf(page, journal.journalId, { seq, hash })?.tickets ?? null);
      }),
    start() {
      timer = setInterval(() => lookInTurn(), LOOK_EVERY_MS);
      timer.unref();
      wake();
    },
    async stop() {
      isStopped = true;
      clearInterval(timer);
      await Promise.race([turn, new Promise((resolve) => setTimeout(resolve, 500))]);
      if (loaded !== undefined && loaded.book.throughSeq > savedThrough) await file.save(loaded).catch(() => undefined);
    },
  };
}
