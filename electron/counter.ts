/** What one device is made of, put together in the order the promises need: keys → journal → everything that stands on it. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { app, safeStorage } from 'electron';
import { inTodaysForm, type JournalEntry } from '../shared/journal/operation.ts';
import { fail, ok } from '../shared/lib/result.ts';
import type { Clock } from '../shared/lib/time.ts';
import { paths, statementAnswerSchema } from '../shared/sync/protocol.ts';
import type { Settings } from '../shared/settings/settings.ts';
import { SYSTEM_OPERATOR } from './by-system.ts';
import { openCatalogueFiles } from './catalogue/catalogue-files.ts';
import { createAcceptance } from './dossiers/acceptance.ts';
import { createAcceptedDossiers } from './dossiers/accepted-dossiers.ts';
import { createLookUp } from './dossiers/look-up.ts';
import { createCorrection } from './dossiers/correction.ts';
import { openDraftFiles } from './dossiers/draft-files.ts';
import { createHandOver } from './dossiers/hand-over.ts';
import { tell } from './ipc.ts';
import { diskSpaceOf, roomForIntake } from './journal/disk-space.ts';
import { hasJournal, openJournal, type Journal } from './journal/journal.ts';
import { destroyKeys } from './keys/destroy-keys.ts';
import { deriveKey, openDeviceKeys } from './keys/device-keys.ts';
import { createKeyDesk, type KeyDesk } from './keys/key-desk.ts';
import { openSealingThread } from './keys/open-sealing-thread.ts';
import { createVault } from './keys/vault.ts';
import { createLobbyDesk, type LobbyDesk } from './lobby/desk.ts';
import type { Log } from './log.ts';
import { createPaperDesk, RESUME_MS, type PaperDesk } from './printing/paper-desk.ts';
import { openPublications, type Publications } from './publications/publications.ts';
import { openQueueDesk, type QueueDesk } from './queue/desk.ts';
import { createTelevisions } from './queue/televisions.ts';
import { ORIGIN } from './protocol.ts';
import { openBookFile } from './reconciliation/book-file.ts';
import { createStatements, type Statements } from './reconciliation/statements.ts';
import { openPurgeMemory } from './retention/purge-memory.ts';
import { createRetention, type Retention } from './retention/retention.ts';
import { createNetworkScanners, type NetworkScanners } from './scanning/network-scanners.ts';
import { createScanReader } from './scanning/read-scan.ts';
import { createScanDesk, type ScanDesk } from './scanning/scan-desk.ts';
import { openScanFiles, type ScanFiles } from './scanning/scan-files.ts';
import { findNetworkScanners } from './scanning/sources/find-network-scanners.ts';
import { scanSourcesOf } from './scanning/sources/sources.ts';
import { createArchive, type Archive } from './sync/archive.ts';
import { openDeliveryMirror } from './sync/delivery-mirror.ts';
import { createDeviceReporter } from './sync/device-report.ts';
import { createHttpProvince } from './sync/http-province.ts';
import { openIdentityFile } from './sync/identity.ts';
import { createProvinceAgent } from './sync/province-trust.ts';
import { createPublicationsLane } from './sync/publications-lane.ts';
import { carryOver, createSuccession, takeOver } from './sync/succession.ts';
import { createScanPace } from './sync/scan-pace.ts';
import { createSyncService, type SyncService } from './sync/sync-service.ts';
import { createTusScanLane } from './sync/tus-scan-lane.ts';
import { openUploadUrls } from './sync/upload-urls.ts';
import { createUpstreamHealth, type UpstreamHealth } from './sync/upstream-health.ts';
import { createTakeaway, type Takeaway } from './takeaway/takeaway.ts';
import { createRecordings, type Recordings } from './voice/recordings.ts';
import { words } from './words.ts';

const RECENT_PAGE = 200;
/** The whole journal is read again once a start is over, at about a quarter of one core. */
const VERIFY_AFTER_MS = 60_000;
const VERIFY_REST_MS = 30;
/** Between an entry and its delivery. */
const WAKE_AFTER_MS = 50;
/** How often it is looked whether the province's day has come at which something may leave. */
const RETAIN_EVERY_MS = 60_000;

export type Counter = {
  journal: Journal;
  accept: ReturnType<typeof createAcceptance>;
  accepted: ReturnType<typeof createAcceptedDossiers>;
  correct: ReturnType<typeof createCorrection>;
  catalogues: Awaited<ReturnType<typeof openCatalogueFiles>>;
  drafts: Awaited<ReturnType<typeof openDraftFiles>>;
  scans: ScanFiles;
  /** Of an intake in progress; refused when what room is left is for what is here already. */
  takeScan: ScanFiles['put'];
  readScan: ReturnType<typeof createScanReader>;
  scanDesk: ScanDesk;
  networkScanners: NetworkScanners;
  archive: Archive;
  handOver: ReturnType<typeof createHandOver>;
  retention: Retention;
  takeaway: Takeaway;
  statements: Statements;
  keyDesk: KeyDesk;
  queue: QueueDesk;
  recordings: Recordings;
  papers: PaperDesk;
  lobby: LobbyDesk;
  sync: SyncService;
  upstreams: UpstreamHealth;
  publications: Publications;
  isUnprotected: boolean;
  /** For the page's IndexedDB; the data key itself never leaves the shell. */
  storageKey(): Uint8Array<ArrayBuffer>;
  close(): Promise<void>;
};

/**
 * `startAnew`: the device goes on with another journal, which only a start can put in place. `onProgress`: share of the journal
 * that is read, 0 to 1.
 */
export async function openCounter(
  userData: string,
  settings: Settings,
  log: Log,
  startAnew: () => void,
  onProgress: (share: number) => void,
  sealingThread: string,
): Promise<Counter> {
  const clock: Clock = Date.now;
  const at = (...names: string[]): string => join(userData, ...names);
  const keys = await openDeviceKeys(at('keys'), safeStorage, settings.profile === 'development', () => hasJournal(at('journal')));
  const vault = createVault(keys.dataKey, keys.laterKeys, openSealingThread(sealingThread));

  await takeOver(userData);
  let isReady = false;
  let waking: ReturnType<typeof setTimeout> | undefined;
  const journal: Journal = await openJournal({
    folder: at('journal'),
    vault,
    deviceKey: keys.deviceKey,
    clock,
    onEntry: (entry) => isReady && announce(entry),
    onProgress,
    onProblem: (problem) => log[problem.kind === 'torn-tail' ? 'warn' : 'error'](`journal: ${JSON.stringify(problem)}`),
  });
  const identity = await openIdentityFile(at('keys', 'identity.json'));
  const open = (folder: string) => openJournal({ folder, vault, deviceKey: keys.deviceKey, clock, limits: { reserveBytes: 0 } });
  const succeeded = await carryOver({ userData, journal, identity, open });
  if (succeeded !== undefined) log.warn(`a new journal follows an earlier one: ${succeeded.carried} entries carried over`);
  log.info(`journal open at ${journal.head().seq}, ${journal.entriesReadAtStart} entries read`);
  const accepted = createAcceptedDossiers(journal);

  const catalogues = await openCatalogueFiles(at('catalogue'), log);
  const room = () => roomForIntake(diskSpaceOf(userData));
  const drafts = await openDraftFiles({ folder: at('drafts'), vault, log, room, onDropped: (dropped) => retention.dropped(dropped) });
  const scans = await openScanFiles(at('scans'), vault);
  const { url } = settings.province;
  const agent = url.startsWith('https:') ? createProvinceAgent(settings.province) : undefined;
  const province = createHttpProvince({
    url,
    agent,
    deviceKey: keys.deviceKey,
    identity: identity.current,
    about: { journalId: journal.journalId, deviceName: hostname().slice(0, 100), appVersion: app.getVersion() },
    clock,
  });
  const scanPace = createScanPace(settings.sync.scans, clock);
  const sync = await createSyncService({
    journal,
    identity,
    province: {
      ...province,
      async status(request) {
        const answer = await province.status(request);
        if (answer.ok) publications.heard(answer.value.changes);
        return answer;
      },
    },
    scans: createTusScanLane({
      url,
      agent,
      files: scans,
      province,
      identity: identity.current,
      pace: scanPace,
      urlStorage: await openUploadUrls(at('scans', 'uploads.json')),
    }),
    scanPace,
    succession: createSuccession(userData, journal.journalId),
    memoryFile: at('journal', 'province.json'),
    enrolmentCode: settings.province.enrolmentCode,
    clock,
    log,
    onForgotten: (seq) => retention.provinceForgot(seq),
    onSucceeded: startAnew,
    async destroyKeys() {
      await destroyKeys(at('keys'));
      startAnew();
    },
    onChange(state) {
      tell('sync:changed', state);
      if (state.connection.status === 'online') upstreams.wake();
      publications.wake();
      statements.wake();
      void report(state);
    },
    onDelivered: (deliveries) => tell('sync:delivered', deliveries),
  });
  const upstreams: UpstreamHealth = createUpstreamHealth({
    url,
    agent,
    province,
    identity: identity.current,
    mirror: await openDeliveryMirror({ file: at('journal', 'deliveries.sealed'), vault, identity: identity.current, get: province.get, log }),
    isOnline: sync.isOnline,
    clock,
    onChange: (state) => tell('upstreams:changed', state),
  });
  const publications = await openPublications({
    folder: at('publications'),
    lane: createPublicationsLane({ url, agent, folder: at('publications'), province }),
    appVersion: app.getVersion(),
    operatorId: settings.operator.id,
    isOnline: sync.isOnline,
    catalogues,
    vault,
    record: (catalogue) => journal.transact(SYSTEM_OPERATOR, () => ok({ type: 'catalogue.installed' as const, ...catalogue })),
    clock,
    log,
    onChange: (state) => tell('publications:changed', state),
    onCatalogue: (version) => tell('catalogue:changed', { version }),
  });
  const report = createDeviceReporter({
    post: province.post,
    appVersion: app.getVersion(),
    freeBytes: diskSpaceOf(userData),
    day: () => queue.day(),
    printing: () => papers.state(),
    refused: () => publications.state().refused,
    held: () => publications.held(),
    clock,
  });
  const archive = createArchive({ url, agent, province, identity: identity.current });
  const retention: Retention = createRetention({
    rules: settings.retention,
    role: settings.role,
    journal,
    scans,
    drafts,
    memory: await openPurgeMemory(at('journal', 'retention.sealed'), vault, log),
    standing: sync.memory,
    provinceTimeMs: sync.agreedMs,
    onPurged: (purged) => tell('storage:purged', purged),
    log,
  });
  const statements: Statements = createStatements({
    journal,
    file: openBookFile(at('journal', 'days.sealed'), vault, log),
    deviceKey: keys.deviceKey,
    send: (request) => province.post(paths.statements, request, statementAnswerSchema),
    isOnline: sync.isOnline,
    acknowledgedSeq: () => sync.memory().acknowledgedSeq,
    isConfirmed: (dossierId) => sync.deliveries([dossierId])[0]?.state === 'confirmed',
    operatorId: settings.operator.id,
    clock,
    onChange: (state) => tell('reconciliation:changed', state),
    log,
  });
  const retaining = setInterval(() => void retention.runWhenDue(), RETAIN_EVERY_MS);
  retaining.unref();
  const recordings = createRecordings(settings.voice.recordings, log);
  const televisions = createTelevisions({ settings, folder: join(app.getAppPath(), 'out', 'board'), recordings, log });
  const queue = await openQueueDesk({
    folder: at('queue'),
    vault,
    journal,
    settings,
    clock,
    newId: randomUUID,
    log,
    lookUp: createLookUp({ journal, accepted, clock }),
    onChange({ view, board }) {
      const seen = view();
      tell('queue:changed', seen);
      const shown = board(seen);
      tell('queue:board-changed', shown);
      televisions.tell(shown);
    },
  });
  televisions.serve(queue.board);
  const papers = await createPaperDesk({
    folder: at('print'),
    settings,
    vault,
    clock,
    log,
    day: queue.day,
    async figuresOf(date) {
      const { days } = await statements.state();
      const rows = await statements.figures({ from: date, to: date, asOfMs: clock() });
      return {
        day: days.find((one) => one.date === date),
        rows,
        tickets: await statements.ticketsOf(date),
        journalId: journal.journalId,
        head: journal.head(),
      };
    },
    entriesSince: (sinceMs) => recentEntries(journal, sinceMs),
    async findDossier(dossierId) {
      const own = await accepted.find(dossierId);
      if (own !== undefined) return own.dossier;
      // Purged here, or taken in by the device this one replaced.
      const held = await archive.dossier(dossierId);
      return held.ok ? held.value : undefined;
    },
    load: (window, fragment) => window.loadURL(`${ORIGIN}/paper.html${fragment}`),
    viewerTitle: words('printer.virtual-paper'),
    previewTitle: words('printer.preview'),
    // The jobs name what other citizens came for; the lobby's page need only know whether there is paper.
    onChange: (state) => tell('printing:changed', settings.role === 'lobby' ? { ...state, jobs: [] } : state),
  });
  const lobby = createLobbyDesk({
    queue,
    printTicket: papers.printTicket,
    printBringList: papers.printBringList,
    catalogue: catalogues.current,
    areaClass: settings.office.areaClass,
    province,
    journal,
  });
  const networkScanners = createNetworkScanners({
    file: at('scanners.json'),
    configured: settings.scanners.filter((scanner) => scanner.type === 'escl'),
    find: findNetworkScanners,
  });
  const scanDesk = createScanDesk(scanSourcesOf(settings.scanners, networkScanners, clock));
  const accept = createAcceptance({
    journal,
    accepted,
    drafts,
    scans,
    catalogues,
    settings,
    clock,
    isOnline: sync.isOnline,
    room,
  });

  function announce({ seq }: JournalEntry): void {
    tell('journal:appended', { seq });
    wakeSoon();
  }
  /** The caller of an entry is answered first, the page gets its dossier, and what is taken in together is sent together. */
  function wakeSoon(): void {
    waking ??= setTimeout(() => {
      waking = undefined;
      sync.wake();
    }, WAKE_AFTER_MS);
    waking.unref();
  }
  /** Not while a draft cannot be read: the version it began with is unknown. */
  async function keepBegunCatalogues(): Promise<void> {
    const begun = await drafts.list();
    if (begun.length === drafts.count()) await catalogues.keepOnly(new Set(begun.flatMap(({ catalogueVersion }) => catalogueVersion ?? [])));
  }
  isReady = true;
  await papers.resume(await recentEntries(journal, clock() - RESUME_MS));
  const verifying = setTimeout(() => {
    keepBegunCatalogues().catch((error: unknown) => log.error(`old catalogues not removed: ${error instanceof Error ? error.message : ''}`));
    journal.verify({ restMs: VERIFY_REST_MS }).catch((error: unknown) => log.error(`journal not verified: ${error instanceof Error ? error.message : ''}`));
  }, VERIFY_AFTER_MS);
  verifying.unref();

  return {
    journal,
    accept,
    accepted,
    correct: createCorrection({ journal, accepted, refusalOf: sync.refusalOf, catalogues, settings, clock }),
    catalogues,
    drafts,
    scans,
    takeScan: async (bytes) => ((await room()) === 'none' ? fail('disk-full') : scans.put(bytes)),
    readScan: createScanReader({ files: scans, fetchScan: archive.scan }),
    scanDesk,
    networkScanners,
    archive,
    handOver: createHandOver({ journal, deliveries: sync.deliveries, operatorId: settings.operator.id, onHandedOver: retention.runNow }),
    retention,
    statements,
    keyDesk: createKeyDesk({ keys, vault, record: (operation) => journal.transact(settings.operator.id, () => ok(operation)) }),
    takeaway: createTakeaway({
      identity,
      deviceKey: keys.deviceKey,
      journal,
      scans,
      sync,
      clock,
      log,
      onProgress: (done, total) => tell('takeaway:progress', { done, total }),
    }),
    queue,
    recordings,
    papers,
    lobby,
    sync,
    upstreams,
    publications,
    isUnprotected: keys.isUnprotected,
    storageKey: () => deriveKey(keys.dataKey, 'qmc/indexeddb/v1'),
    async close() {
      clearTimeout(verifying);
      clearTimeout(waking);
      clearInterval(retaining);
      upstreams.stop();
      await publications.stop();
      await sync.stop();
      await statements.stop();
      await televisions.stop();
      await queue.stop();
      await papers.stop();
      await scanDesk.close();
      await scans.settled();
      await journal.close();
    },
  };
}

/** Entries not older than `sinceMs`, in order; read backwards from the head, because a long journal is not read at a start. */
async function recentEntries(journal: Journal, sinceMs: number): Promise<JournalEntry[]> {
  const recent: JournalEntry[] = [];
  for (let before = journal.head().seq + 1; before > journal.firstSeq(); before -= RECENT_PAGE) {
    const after = Math.max(before - 1 - RECENT_PAGE, 0);
    const page = await journal.read(after, Math.min(RECENT_PAGE, before - 1 - after));
    recent.unshift(...page.filter(({ atMs, seq }) => atMs >= sinceMs && seq < before).map(inTodaysForm));
    if (page.some(({ atMs }) => atMs < sinceMs)) break;
  }
  return recent;
}
