/**
 * Lets what the province has confirmed leave this device once its days have passed: first scans, then dossiers with their
 * part of the journal. Works in slices, and only by the province's own time.
 */
import { setTimeout as rest } from 'node:timers/promises';
import { scansOf } from '../../shared/dossiers/scans-of.ts';
import { mayLeave, retentionDays, scansToPurge, type HeldDossier, type RetentionRules } from '../../shared/retention/decide.ts';
import { confirmedAt, forgetBehind, forgetOlder, markBefore, noteMark } from '../../shared/retention/marks.ts';
import type { Role } from '../../shared/settings/settings.ts';
import type { SyncMemory } from '../../shared/sync/memory.ts';
import type { Draft } from '../../shared/dossiers/draft.ts';
import type { Purged } from '../../shared/ipc/contract.ts';
import { dossierOf, type JournalEntry } from '../../shared/journal/operation.ts';
import type { Journal } from '../journal/journal.ts';
import type { Log } from '../log.ts';
import type { ScanFiles } from '../scanning/scan-files.ts';
import type { PurgeMemoryFile } from './purge-memory.ts';
import { DAY_MS } from '../../shared/lib/time.ts';

/** Entries read in one slice: some ten milliseconds of work. */
const SLICE = 50;
const DEFAULT_REST_MS = 20;
/** How long what a draft let go may be taken back. */
const DROPPED_STAYS_MS = DAY_MS;

export type Retention = {
  /** Runs now unless one runs or the last was less than a day ago by the province's time. */
  runWhenDue(): Promise<void>;
  /** Papers were handed over: what may leave for that reason leaves now, not at the end of the day. */
  runNow(): Promise<void>;
  purged(): Purged;
  /**
   * When the oldest dossier of a replaced device may have been accepted and stay here (province's time; undefined before it
   * was met). Counted from the acceptance: the province holds them all, and when it confirmed them only the old device knew.
   */
  restoredFromMs(): number | undefined;
  /** A draft was given up, or let these scans go: they leave when nothing else stands on them. Resolves once that is remembered. */
  dropped(scans: readonly string[]): Promise<void>;
  /** The page has dropped its copies of these scans. */
  forgotten(scans: readonly string[]): Promise<void>;
  /** The province has lost everything after `seq`: it is no longer confirmed. Resolves once that is on disk. */
  provinceForgot(seq: number): Promise<void>;
};

type Options = {
  rules: RetentionRules;
  role: Role;
  journal: Pick<Journal, 'head' | 'state' | 'firstSeq' | 'read' | 'find' | 'problems' | 'dropThrough'>;
  scans: Pick<ScanFiles, 'purge'>;
  drafts: { list(): Promise<Draft[]> };
  memory: PurgeMemoryFile;
  standing(): SyncMemory;
  /** The province's time; undefined before it was met: then nothing leaves. */
  provinceTimeMs(): number | undefined;
  onPurged(purged: Purged): void;
  log: Log;
  restMs?: number;
};

export function createRetention({
  rules,
  role,
  journal,
  scans,
  drafts,
  memory,
  standing,
  provinceTimeMs,
  onPurged,
  log,
  restMs = DEFAULT_REST_MS,
}: Options): Retention {
  const days = retentionDays(rules, role, false);
  /** What leaves soonest; each dossier is then judged by its own standing. */
  const soonest = retentionDays(rules, role, role === 'postal');
  let running: Promise<void> | undefined;
  let lastRunMs: number | undefined;
  let dossiersGone: string[] = [];

  let handedOver: ReadonlySet<string> = new Set();

  const heldOf = (entry: JournalEntry): HeldDossier[] => {
    const dossier = dossierOf(entry);
    if (dossier === undefined) return [];
    const { dossierId } = dossier;
    const { seq } = entry;
    const standingOf = { confirmedAtMs: confirmedAt(memory.current().marks, { seq, dossierId }), isHandedOver: handedOver.has(dossierId) };
    return [{ dossierId, seq, scans: scansOf(dossier), standing: standingOf }];
  };

  /** Dossiers of the journal from behind `afterSeq` up to `lastSeq`. */
  async function heldBetween(afterSeq: number, lastSeq: number): Promise<HeldDossier[]> {
    const held: HeldDossier[] = [];
    for (let after = afterSeq; after < lastSeq;) {
      const entries = await journal.read(after, Math.min(SLICE, lastSeq - after));
      const last = entries.at(-1);
      if (last === undefined) break;
      held.push(...entries.flatMap(heldOf).filter(({ seq }) => seq <= lastSeq));
      after = last.seq;
      await rest(restMs);
    }
    return held;
  }

  async function note(nowMs: number, atLeastMs: number): Promise<void> {
    const { acknowledgedSeq, unconfirmed, rejected } = standing();
    const open = [...new Set([...Object.keys(unconfirmed), ...rejected.flatMap(({ dossierId }) => dossierId ?? [])])];
    await memory.change((known) => {
      const marks = forgetOlder(noteMark(known.marks, { atMs: nowMs, seq: acknowledgedSeq, open }, atLeastMs), nowMs - days.dossier * DAY_MS);
      return marks === known.marks ? known : { ...known, marks };
    });
  }

  /** Answers which of them have to stay, because someone has just put them again. */
  async function letGo(purge: readonly string[]): Promise<Set<string>> {
    // Said to the page before they go: a copy too many dropped there is fetched again, one too few would stay for ever.
    await memory.change((known) => ({ ...known, untold: [...new Set([...known.untold, ...purge])] }));
    const kept = new Set<string>();
    for (const [index, sha256] of purge.entries()) {
      if (!(await scans.purge(sha256))) kept.add(sha256);
      if (index % SLICE === SLICE - 1) await rest(restMs);
    }
    await memory.change((known) => ({ ...known, untold: known.untold.filter((sha256) => !kept.has(sha256)) }));
    return kept;
  }

  /**
   * Dossiers whose scans are to be here: those up to `scansThrough` have let theirs go but for `later`. Up to the head, because
   * the same scan may belong to a dossier of today.
   */
  async function standingHere(): Promise<HeldDossier[]> {
    const { scansThrough, later } = memory.current();
    const earlier: HeldDossier[] = [];
    for (const { seq } of later) {
      const entry = await journal.find(seq);
      if (entry !== undefined) earlier.push(...heldOf(entry));
    }
    return [...earlier, ...(await heldBetween(scansThrough, journal.head().seq))];
  }

  async function purgeDropped(nowMs: number): Promise<void> {
    const isDue = ({ sinceMs = nowMs }: { sinceMs?: number }): boolean => nowMs - sinceMs >= DROPPED_STAYS_MS;
    const due = new Set(memory.current().dropped.flatMap((one) => (isDue(one) ? [one.sha256] : [])));
    if (due.size > 0) {
      // What a dossier stands on leaves with the dossier.
      const inUse = new Set([...(await drafts.list()).flatMap(scansOf), ...(await standingHere()).flatMap((dossier) => dossier.scans)]);
      const going = [...due].filter((sha256) => !inUse.has(sha256));
      const kept = await letGo(going);
      for (const sha256 of kept) due.delete(sha256);
      if (going.length > kept.size) log.info(`retention: ${going.length - kept.size} scans of drafts given up left this device`);
    }
    await memory.change((known) =>
      known.dropped.length === 0
        ? known
        : { ...known, dropped: known.dropped.flatMap(({ sha256, sinceMs = nowMs }) => (due.has(sha256) ? [] : [{ sha256, sinceMs }])) },
    );
  }

  async function purgeScans(nowMs: number): Promise<void> {
    const through = markBefore(memory.current().marks, nowMs - soonest.scans * DAY_MS)?.seq ?? 0;
    const { scansThrough, later } = memory.current();
    if (through <= scansThrough && later.length === 0) return;
    const held = await standingHere();
    const inDrafts = new Set((await drafts.list()).flatMap(scansOf));
    const purge = scansToPurge(rules, role, held, inDrafts, nowMs);
    const kept = new Set([...inDrafts, ...(await letGo(purge))]);
    const isDue = (dossier: HeldDossier): boolean => mayLeave(rules, role, dossier.standing, nowMs).scans;
    const next = held
      .filter((dossier) => dossier.seq <= through && (!isDue(dossier) || dossier.scans.some((sha256) => kept.has(sha256))))
      .map(({ dossierId, seq }) => ({ dossierId, seq }));
    await memory.change((known) => ({
      ...known,
      scansThrough: Math.max(through, scansThrough),
      later: next,
    }));
    if (purge.length > 0) log.info(`retention: ${purge.length} scans left this device`);
  }

  async function purgeDossiers(nowMs: number): Promise<void> {
    const through = markBefore(memory.current().marks, nowMs - soonest.dossier * DAY_MS)?.seq ?? 0;
    if (through < journal.firstSeq()) {
      dossiersGone = [];
      return;
    }
    const held = await heldBetween(journal.firstSeq() - 1, through);
    const withScans = new Set(memory.current().later.map(({ dossierId }) => dossierId));
    const isDue = ({ dossierId, standing: held }: HeldDossier): boolean => !withScans.has(dossierId) && mayLeave(rules, role, held, nowMs).dossier;
    dossiersGone = held.filter(isDue).map(({ dossierId }) => dossierId);
    const staying = [...held.filter((dossier) => !isDue(dossier)), ...memory.current().later].map(({ seq }) => seq);
    // A journal with something wrong in it is evidence; nothing of it goes by itself.
    if (journal.problems.some(({ kind }) => kind !== 'torn-tail')) return;
    const dropped = await journal.dropThrough(Math.min(through, ...staying.map((seq) => seq - 1)));
    if (dropped.segments > 0) log.info(`retention: the journal now begins at ${dropped.firstSeq}`);
  }

  async function run(nowMs: number, markEveryMs = DAY_MS): Promise<void> {
    try {
      handedOver = new Set(journal.state().handedOver);
      await note(nowMs, markEveryMs);
      await purgeScans(nowMs);
      await purgeDropped(nowMs);
      await purgeDossiers(nowMs);
      onPurged(purged());
    } catch (error) {
      log.error(`retention stopped: ${error instanceof Error ? error.message : ''}`);
    }
  }

  function restoredFromMs(): number | undefined {
    const nowMs = provinceTimeMs();
    return nowMs === undefined ? undefined : nowMs - days.dossier * DAY_MS;
  }

  const purged = (): Purged => ({ scans: [...memory.current().untold], dossiers: dossiersGone, restoredBeforeMs: restoredFromMs() ?? null });

  return {
    purged,
    restoredFromMs,
    async runWhenDue() {
      const nowMs = provinceTimeMs();
      if (nowMs === undefined || running !== undefined || (lastRunMs !== undefined && nowMs < lastRunMs + DAY_MS)) return running;
      lastRunMs = nowMs;
      running = run(nowMs).finally(() => (running = undefined));
      return running;
    },
    async runNow() {
      await running;
      const nowMs = provinceTimeMs();
      if (nowMs === undefined) return;
      running = run(nowMs, 0).finally(() => (running = undefined));
      return running;
    },
    dropped: (given) =>
      memory.change((known) => {
        const fresh = given.filter((sha256) => !known.dropped.some((one) => one.sha256 === sha256));
        return fresh.length === 0 ? known : { ...known, dropped: [...known.dropped, ...fresh.map((sha256) => ({ sha256 }))] };
      }),
    forgotten: (told) =>
      memory.change((known) => {
        const dropped = new Set(told);
        const untold = known.untold.filter((sha256) => !dropped.has(sha256));
        return untold.length === known.untold.length ? known : { ...known, untold };
      }),
    provinceForgot: (seq) =>
      memory.change((known) => {
        const marks = forgetBehind(known.marks, seq);
        return marks === known.marks ? known : { ...known, marks, scansThrough: Math.min(known.scansThrough, seq) };
      }),
  };
}
