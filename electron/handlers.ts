/** What each channel of the bridge does; every line hands over to the feature that owns it. */
import { writeFile } from 'node:fs/promises';
import { app, dialog, type BrowserWindow } from 'electron';
import { inTodaysForm } from '../shared/journal/operation.ts';
import { fail, ok, type Failure, type Result } from '../shared/lib/result.ts';
import { dateAt } from '../shared/lib/time.ts';
import type { PublicSettings, Settings } from '../shared/settings/settings.ts';
import type { Counter } from './counter.ts';
import type { RebuildDatabase } from './database/rebuild-database.ts';
import type { Handlers } from './ipc.ts';
import { tell } from './ipc.ts';
import { joinOffice } from './lobby/join-office.ts';
import type { Kiosk } from './lobby/kiosk.ts';
import type { Log } from './log.ts';
import { RECEIPT_EXTENSION, TAKEAWAY_EXTENSION } from '../shared/takeaway/file-format.ts';
import { words } from './words.ts';

type Context = {
  counter: Counter;
  settings: Settings;
  isDemoOffice: boolean;
  window: BrowserWindow;
  log: Log;
  takeCrashNotice(): boolean;
  /** Of the lobby; other roles have none. */
  kiosk: Kiosk | undefined;
  rebuild: RebuildDatabase;
};

export function createHandlers({ counter, settings, isDemoOffice, window, log, takeCrashNotice, kiosk, rebuild }: Context): Handlers {
  const { journal, catalogues, drafts, queue, papers, sync } = counter;

  async function saveAs(suggestedName: string, bytes: Uint8Array): Promise<Result<{ saved: boolean; path?: string }, Failure>> {
    const { canceled, filePath } = await dialog.showSaveDialog(window, { title: words('files.save'), defaultPath: safeName(suggestedName) });
    if (canceled || filePath === undefined || filePath === '') return ok({ saved: false });
    try {
      await writeFile(filePath, bytes);
      return ok({ saved: true, path: filePath });
    } catch (error) {
      return { ok: false, failure: { kind: 'file-not-written', details: { message: error instanceof Error ? error.message : '' } } };
    }
  }

  return {
    'app:info': () => ({
      version: app.getVersion(),
      electron: process.versions.electron,
      settings: publicSettings(settings, isDemoOffice, counter.isUnprotected),
      startedAfterCrash: takeCrashNotice(),
    }),
    'app:report-error': ({ message, stack }) => log.error(`page: ${message} ${stack ?? ''}`),
    'app:save-file': async ({ suggestedName, bytes }) => saveAs(suggestedName, bytes),
    'catalogue:get': () => JSON.stringify(catalogues.current()),
    'catalogue:version': async ({ version }) => {
      const catalogue = await catalogues.version(version);
      return catalogue === undefined ? null : JSON.stringify(catalogue);
    },
    'catalogue:install': async ({ catalogue }) => {
      const installed = await catalogues.install(catalogue, 'imported', Date.now());
      if (!installed.ok) return installed;
      const noted = await journal.transact(settings.operator.id, () =>
        ok({ type: 'catalogue.installed' as const, version: catalogue.version, procedures: catalogue.procedures.length }),
      );
      if (!noted.ok) return noted;
      tell('catalogue:changed', installed.value);
      return installed;
    },
    'drafts:list': () => drafts.list(),
    'drafts:put': ({ draft }) => drafts.put(draft),
    'drafts:delete': async ({ draftId }) => {
      await drafts.delete(draftId);
      return ok(null);
    },
    'scans:put': ({ bytes }) => counter.takeScan(bytes),
    'scans:read': ({ sha256 }) => counter.readScan(sha256),
    'scanning:devices': () => counter.scanDesk.devices(),
    'scanning:capabilities': ({ deviceId }) => counter.scanDesk.capabilities(deviceId),
    'scanning:add': ({ address }) => counter.networkScanners.add(address),
    'scanning:start': ({ deviceId, job }) => counter.scanDesk.start(deviceId, job),
    'scanning:next': ({ scanId, isTaken }) => counter.scanDesk.next(scanId, isTaken),
    'scanning:stop': ({ scanId }) => counter.scanDesk.stop(scanId),
    'dossiers:accept': async (acceptance) => {
      const accepted = await counter.accept(acceptance);
      // After the answer: what a crash leaves unprinted, the next start prints.
      if (accepted.ok) setImmediate(() => papers.printReceipt(accepted.value.dossier));
      return accepted;
    },
    'dossiers:correct': async (correction) => {
      const corrected = await counter.correct(correction);
      if (!corrected.ok) return corrected;
      const { dossier, operationId, isRecoded } = corrected.value;
      if (isRecoded) papers.printReceipt(dossier, operationId);
      tell('sync:delivered', sync.deliveries([dossier.dossierId]));
      return ok({ dossier, isPrinted: isRecoded });
    },
    'dossiers:fetch': async ({ dossierId }) => {
      const local = await counter.accepted.find(dossierId);
      if (local !== undefined) return ok(local.dossier);
      const fetched = await counter.archive.dossier(dossierId);
      return fetched.ok ? fetched : fail(fetched.failure.kind === 'refused' ? 'dossier-unknown' : 'province-unreachable');
    },
    'dossiers:hand-over': async ({ dossierIds }) => {
      const handed = await counter.handOver(dossierIds);
      if (handed.ok) tell('sync:delivered', sync.deliveries(dossierIds));
      return handed;
    },
    'storage:key': () => counter.storageKey(),
    'journal:head': () => ({ ...journal.head(), dossiersAccepted: journal.state().dossiersAccepted }),
    'journal:read': async ({ afterSeq, limit }) => (await journal.read(afterSeq, limit)).map(inTodaysForm),
    'queue:state': () => queue.view(),
    'queue:board': () => queue.board(),
    'queue:issue': async ({ print, ...wanted }) => {
      const issued = await queue.issue(wanted);
      if (issued.ok && print) papers.printTicket(issued.value, { expectedWaitMs: issued.value.expectedWaitMs ?? undefined });
      return issued;
    },
    'queue:call-next': ({ groupIds }) => queue.callNext(groupIds),
    'queue:call': ({ ticketId }) => queue.call(ticketId),
    'queue:recall': ({ ticketId }) => queue.step('recall', ticketId),
    'queue:finish': ({ ticketId }) => queue.step('finish', ticketId),
    'queue:no-show': ({ ticketId }) => queue.step('no-show', ticketId),
    'queue:hold': ({ ticketId }) => queue.step('hold', ticketId),
    'queue:return': ({ ticketId }) => queue.step('return', ticketId),
    'queue:transfer': (transfer) => queue.transfer(transfer),
    'queue:set-counter': ({ groupIds, isOpen }) => queue.setCounter(groupIds, isOpen),
    'queue:set-doors': ({ isClosed }) => queue.setDoors(isClosed),
    'queue:take-over': () => queue.takeOver(),
    'queue:attach': ({ ticketId, text }) => queue.office.attach(ticketId, text),
    'queue:attachment': ({ ticketId }) => queue.office.attachment(ticketId),
    'queue:offer-pairing': () => queue.office.offerPairing(),
    'queue:end-pairing': () => queue.office.endPairing(),
    'queue:pair': ({ address, code }) => queue.office.pair(address, code),
    'queue:find-hubs': () => queue.office.findHubs(),
    'queue:remove-member': ({ memberId }) => queue.office.removeMember(memberId),
    'voice:recording': ({ clip }) => counter.recordings(clip),
    'lobby:state': async () => ({ canReadAloud: (await kiosk?.readAloud.isAvailable()) ?? false }),
    'lobby:take-ticket': (wish) => counter.lobby.takeTicket(wish),
    'lobby:print-papers': ({ procedureCode }) => counter.lobby.printPapers(procedureCode),
    'lobby:look-up': (request) => counter.lobby.lookUp(request),
    'lobby:rate': (rating) => counter.lobby.rate(rating),
    'lobby:say': ({ text, language }) => kiosk?.readAloud.say(text, language),
    'lobby:hush': () => kiosk?.readAloud.hush(),
    'lobby:end': () => kiosk?.endVisit(),
    'lobby:leave': async ({ pin }) => {
      const judged = (await kiosk?.supervisorPin.judge(pin)) ?? fail('no-pin' as const);
      // Answered first: the page says goodbye while the counter closes.
      if (judged.ok) setImmediate(() => kiosk?.quit());
      return judged;
    },
    'lobby:pair': (wish) => joinOffice(kiosk?.supervisorPin, queue.office, wish),
    'printing:state': () => (settings.role === 'lobby' ? { ...papers.state(), jobs: [] } : papers.state()),
    'printing:reprint': ({ kind, id }) => papers.reprint(kind, id),
    'printing:resolve': ({ jobId, answer }) => papers.resolve(jobId, answer),
    'printing:save-pdf': async ({ dossierId, size }) => {
      const pdf = await papers.pdf({ kind: 'receipt', dossierId }, size);
      return pdf.ok ? saveAs(`${pdf.value.name}.pdf`, pdf.value.bytes) : pdf;
    },
    'printing:paper': async ({ request, to, size }) => {
      if (to !== 'pdf') {
        const printed = to === 'roll' ? await papers.printOnRoll(request) : await papers.printOnSheet(request, size);
        return printed.ok ? ok({ saved: true }) : printed;
      }
      const pdf = await papers.pdf(request, size);
      if (!pdf.ok) return pdf;
      const saved = await saveAs(`${request.kind}-${pdf.value.name}.pdf`, pdf.value.bytes);
      return saved.ok ? ok({ saved: saved.value.saved }) : saved;
    },
    'printing:preview': () => papers.showPreview(),
    'printing:printers': () => [...papers.printers()],
    'printing:find': ({ address }) => papers.findPrinters(address),
    'printing:try': ({ printer, letters }) => papers.tryPrinter(printer, letters),
    'printing:use': ({ printers }) => papers.usePrinters(printers),
    'printing:show-virtual-paper': () => papers.showVirtualPaper(),
    'sync:state': () => sync.state(),
    'sync:deliveries': ({ dossierIds }) => sync.deliveries(dossierIds),
    'sync:retry': () => sync.retry(),
    'sync:enrol': ({ code }) => sync.enrol(code),
    'publications:state': () => counter.publications.state(),
    'upstreams:state': () => counter.upstreams.state(),
    'upstreams:of-dossier': ({ dossierId }) => counter.upstreams.ofDossier(dossierId),
    'restore:page': async ({ after }) => {
      if (sync.state().replaces === undefined) return ok(null);
      const page = await counter.archive.dossiers(after);
      if (!page.ok) return fail('province-unreachable');
      const keptFromMs = counter.retention.restoredFromMs() ?? -Infinity;
      const dossiers = page.value.dossiers.filter(({ acceptedAtMs }) => acceptedAtMs >= keptFromMs);
      return ok({ ...page.value, dossiers, expired: page.value.dossiers.length - dossiers.length });
    },
    'keys:state': () => counter.keyDesk.state(),
    'keys:set-recovery': ({ passphrase }) => counter.keyDesk.setRecovery(passphrase),
    'keys:rotate': () => counter.keyDesk.rotate(),
    'takeaway:export': async () => {
      const nothing = { entries: 0, scans: 0, missing: 0 };
      const defaultPath = `${words('takeaway.file', { counter: settings.counter })}-${dateAt(Date.now())}.${TAKEAWAY_EXTENSION}`;
      const { canceled, filePath } = await dialog.showSaveDialog(window, { title: words('takeaway.save'), defaultPath: safeName(defaultPath) });
      if (canceled || filePath === undefined || filePath === '') return ok({ saved: false, ...nothing });
      const taken = await counter.takeaway.exportTo(filePath);
      return taken.ok ? ok({ saved: true, path: filePath, ...taken.value }) : taken;
    },
    'takeaway:import-receipt': async () => {
      const filters = [{ name: words('takeaway.receipt'), extensions: [RECEIPT_EXTENSION] }];
      const { canceled, filePaths } = await dialog.showOpenDialog(window, { title: words('takeaway.open'), properties: ['openFile'], filters });
      const path = filePaths[0];
      if (canceled || path === undefined) return ok({ opened: false, acknowledged: 0, confirmed: 0 });
      const taken = await counter.takeaway.importReceipt(path);
      return taken.ok ? ok({ opened: true, ...taken.value }) : taken;
    },
    'reconciliation:state': () => counter.statements.state(),
    'reconciliation:close': ({ date }) => counter.statements.close(date),
    'reconciliation:ask': () => counter.statements.ask(),
    'reconciliation:figures': ({ date }) => counter.statements.figures({ from: date, to: date, asOfMs: Date.now() }),
    'storage:purged': () => counter.retention.purged(),
    'storage:rebuild': ({ isAsked }) => rebuild(isAsked),
    'storage:forgotten': ({ scans: forgotten }) => counter.retention.forgotten(forgotten),
  };
}

const publicSettings = ({ lobby: _secret, ...settings }: Settings, demoOffice: boolean, unprotectedKeys: boolean): PublicSettings => ({
  ...settings,
  province: { url: settings.province.url },
  queue: { ...settings.queue, pairingCode: undefined },
  demoOffice,
  unprotectedKeys,
});

/** A name the page suggests never chooses a folder. */
const safeName = (name: string): string => name.replace(/[\\/:*?"<>|\p{Cc}]+/gu, '-').replace(/^\.+/u, '');
