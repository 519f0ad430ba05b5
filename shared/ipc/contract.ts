/** The bridge between shell and page, written once: channel → arguments and result. Handlers and parsers are mapped over it. */
import { z } from 'zod';
import { catalogueSchema, type Catalogue } from '../catalogue/catalogue.ts';
import type { FieldChange } from '../dossiers/correct.ts';
import { draftSchema, type Draft } from '../dossiers/draft.ts';
import { dossierIdSchema, intakeSchema, plainDateSchema, type Dossier, type DossierId, type Intake } from '../dossiers/dossier.ts';
import { MAX_HANDED_OVER, type JournalEntry, type JournalHead } from '../journal/operation.ts';
import { MAX_PASSPHRASE_LENGTH } from '../keys/passphrase.ts';
import type { Failure, Result } from '../lib/result.ts';
import { printerLettersSchema, type PrinterLetters } from '../printing/code-pages.ts';
import type { FoundPrinter, PrinterTrial } from '../printing/found-printer.ts';
import { declarationSchema, type Declaration } from '../lobby/declaration.ts';
import { lookUpRequestSchema, type LookedUp, type LookUpFailureKind, type LookUpRequest } from '../lobby/look-up.ts';
import { ratingSchema, type Rating } from '../lobby/rating.ts';
import type { PrintingState } from '../printing/paper.ts';
import { paperDestinations, paperRequestSchema, type PaperDestination, type PaperRequest } from '../printing/request.ts';
import type { PublicationsState } from '../publications/publication.ts';
import { MAX_ATTACHMENT_BYTES, type FoundHub, type PairingOffer } from '../queue/office.ts';
import { priorities, type IssuedTicket, type Priority, type Ticket } from '../queue/ticket.ts';
import type { PublicBoard, QueueView } from '../queue/view.ts';
import type { MonitoringRow } from '../reconciliation/monitoring.ts';
import type { ReconciliationState } from '../reconciliation/state.ts';
import { MAX_SCAN_BYTES, sha256Schema, type ScanRef } from '../scanning/scan.ts';
import { scanJobSchema, type ScanJob, type ScannedPage, type ScannerCapabilities, type ScannerDevice, type ScannerFailure } from '../scanning/scanner.ts';
import { printerSettingsSchema, type PrinterSettings, type PublicSettings } from '../settings/settings.ts';
import type { DossierDelivery, SyncState } from '../sync/state.ts';
import type { DossierUpstreams, UpstreamsState } from '../upstreams/upstream.ts';
import { isClipId, type ClipId } from '../voice/clips.ts';

export type AppInfo = { version: string; electron: string; settings: PublicSettings; startedAfterCrash: boolean };

export type AcceptFailureKind =
  | 'disk-full'
  | 'disk-low'
  | 'journal-failed'
  | 'scan-missing'
  | 'unknown-procedure'
  | 'catalogue-changed'
  | 'paper-missing'
  | 'fee-missing'
  | 'no-numbers'
  | 'not-enrolled'
  | 'ticket-unknown';

export type CorrectFailureKind =
  | 'dossier-unknown'
  /** The province has taken it, or a correction is on its way. */
  | 'not-refused'
  | 'nothing-corrected'
  | 'field-fixed'
  /** `details`: which `field`, and the `code` of its problem (with `rule`, `label`, `limit` of a form's rule). */
  | 'field-wrong'
  | 'fees-would-change'
  | 'not-enrolled'
  | 'disk-full'
  | 'journal-failed';

export type HandOverFailureKind = 'not-confirmed' | 'handed-over-before' | 'disk-full' | 'disk-low' | 'journal-failed';

export type IpcContract = {
  'app:info': { args: undefined; result: AppInfo };
  'app:report-error': { args: { message: string; stack?: string }; result: void };
  'app:save-file': { args: { suggestedName: string; bytes: Uint8Array<ArrayBuffer> }; result: Result<{ saved: boolean }> };
  /** As JSON text: the bridge copies a text at once, but a province's catalogue object by object, for 150 ms. */
  'catalogue:get': { args: undefined; result: string };
  /** The version an intake began with, under the calendar in force; null when this device no longer has it. */
  'catalogue:version': { args: { version: string }; result: string | null };
  'catalogue:install': { args: { catalogue: Catalogue }; result: Result<{ version: string }> };
  'drafts:list': { args: undefined; result: Draft[] };
  'drafts:put': { args: { draft: Draft }; result: Result<null> };
  'drafts:delete': { args: { draftId: string }; result: Result<null> };
  'scans:put': { args: { bytes: Uint8Array<ArrayBuffer> }; result: Result<ScanRef> };
  'scans:read': { args: { sha256: string }; result: Result<{ bytes: Uint8Array<ArrayBuffer>; mediaType: string }> };
  /** Looks for them anew; takes as long as the network does. */
  'scanning:devices': { args: undefined; result: ScannerDevice[] };
  'scanning:capabilities': { args: { deviceId: string }; result: Result<ScannerCapabilities, ScannerFailure> };
  /** Remembers the network scanner at an address somebody typed. */
  'scanning:add': { args: { address: string }; result: Result<{ name: string }, Failure<'address-wrong' | 'scanner-gone'>> };
  'scanning:start': { args: { deviceId: string; job: ScanJob }; result: Result<{ scanId: string }, ScannerFailure> };
  /** Waits for the next page, null after the last; `isTaken`: the page before is on disk, so the scanner's side may let go of it. */
  'scanning:next': { args: { scanId: string; isTaken: boolean }; result: Result<ScannedPage | null, ScannerFailure> };
  'scanning:stop': { args: { scanId: string }; result: void };
  'dossiers:accept': {
    args: { draftId: string; dossierId: DossierId; intake: Intake; owePapers: boolean };
    result: Result<{ dossier: Dossier; seq: number }, Failure<AcceptFailureKind>>;
  };
  /** Mends a dossier the province refused: what was typed anew, or another code where the code was taken, which the shell takes itself. */
  'dossiers:correct': {
    args: { dossierId: DossierId; changes: FieldChange[] };
    result: Result<{ dossier: Dossier; isPrinted: boolean }, Failure<CorrectFailureKind>>;
  };
  /** A dossier that has left this device, from the province. */
  'dossiers:fetch': { args: { dossierId: DossierId }; result: Result<Dossier, Failure<'dossier-unknown' | 'province-unreachable'>> };
  /** Notes that the papers of these were handed over to the agency; refused as a whole when the province has not confirmed one of them. */
  'dossiers:hand-over': { args: { dossierIds: string[] }; result: Result<null, Failure<HandOverFailureKind>> };
  /** Key of the page's own database, derived for nothing else; the page keeps it where no script can read it back. */
  'storage:key': { args: undefined; result: Uint8Array<ArrayBuffer> };
  'journal:head': { args: undefined; result: JournalHead & { dossiersAccepted: number } };
  'journal:read': { args: { afterSeq: number; limit: number }; result: JournalEntry[] };
  'queue:state': { args: undefined; result: QueueView };
  /** What a board shows; nothing of it is about a person. */
  'queue:board': { args: undefined; result: PublicBoard };
  /** `doors-closed` to a kiosk after closing, `no-hub` where neither a hub nor own numbers are left, `day-full`. */
  'queue:issue': { args: { groupId: string; priority: Priority; print: boolean; appointmentAtMs?: number | undefined }; result: Result<IssuedTicket> };
  /** `groupIds` empty: those this counter is open for. Null: nobody waits there. `no-hub`, `queue-unsure`: see `QueueLink`. */
  'queue:call-next': { args: { groupIds: string[] }; result: Result<Ticket | null> };
  /** This very ticket: one that waits, was held, or did not come. */
  'queue:call': { args: { ticketId: string }; result: Result<Ticket> };
  'queue:recall': { args: { ticketId: string }; result: Result<null> };
  'queue:finish': { args: { ticketId: string }; result: Result<null> };
  'queue:no-show': { args: { ticketId: string }; result: Result<null> };
  /** Stands aside, e.g. to fill in a form; `queue:call` goes on with it. */
  'queue:hold': { args: { ticketId: string }; result: Result<null> };
  /** Back to its place in the line. */
  'queue:return': { args: { ticketId: string }; result: Result<null> };
  /** To another group, to one counter, or both; it waits there with its own number and place. */
  'queue:transfer': { args: { ticketId: string; toGroupId?: string | undefined; toCounter?: string | undefined }; result: Result<null> };
  /** Opens this device's counter for groups (none named: all), or lets it rest. */
  'queue:set-counter': { args: { groupIds: string[]; isOpen: boolean }; result: Result<null> };
  /** Whether kiosks go on giving numbers today. */
  'queue:set-doors': { args: { isClosed: boolean }; result: Result<null> };
  /** Keeps a sealed text (a form told beforehand) with a ticket until the day ends; the last one given counts. */
  'queue:attach': { args: { ticketId: string; text: string }; result: Result<null> };
  /** Null: nothing was left with this ticket. */
  'queue:attachment': { args: { ticketId: string }; result: Result<string | null> };
  /** An officer's word that the device that held the queue is off: this one holds it from now on. */
  'queue:take-over': { args: undefined; result: Result<null> };
  /** On the hub: a code for one new device, shown for as long as it is valid. */
  'queue:offer-pairing': { args: undefined; result: Result<PairingOffer> };
  'queue:end-pairing': { args: undefined; result: void };
  /** On the new device. `address`: `host` or `host:port`, as typed or found. */
  'queue:pair': { args: { address: string; code: string }; result: Result<{ hubName: string }> };
  /** Hubs that say on the network that they are there; none where it carries no multicast. */
  'queue:find-hubs': { args: undefined; result: FoundHub[] };
  /** A device that left the office: no longer let in. */
  'queue:remove-member': { args: { memberId: string }; result: Result<null> };
  /** The office’s own recording of a clip; null where the bundled one is to be used. */
  'voice:recording': { args: { clip: ClipId }; result: Uint8Array<ArrayBuffer> | null };
  'lobby:state': { args: undefined; result: LobbyAbilities };
  /** Prints the ticket too, with the papers to bring where it is known what for. */
  'lobby:take-ticket': { args: TicketWish; result: Result<IssuedTicket> };
  /** What to bring, on paper, for someone who takes no number; false: no such procedure. */
  'lobby:print-papers': { args: { procedureCode: string }; result: boolean };
  'lobby:look-up': { args: LookUpRequest; result: Result<LookedUp, Failure<LookUpFailureKind>> };
  'lobby:rate': { args: Rating; result: Result<null> };
  /** Reads aloud; whatever was being read stops. */
  'lobby:say': { args: { text: string; language: 'vi' | 'en' }; result: void };
  'lobby:hush': { args: undefined; result: void };
  /** The visit is over: the page is loaded anew and nothing of it is kept anywhere. */
  'lobby:end': { args: undefined; result: void };
  /** Ends the program when the supervisor's PIN is right. */
  'lobby:leave': { args: { pin: string }; result: Result<null, Failure<'no-pin' | 'wrong-pin' | 'locked-out'>> };
  /** Makes the kiosk known to its office's hub, with the supervisor's PIN beside the hub's code. */
  'lobby:pair': { args: { pin: string; address: string; code: string }; result: Result<{ hubName: string }> };
  'printing:state': { args: undefined; result: PrintingState };
  'printing:reprint': { args: { kind: 'ticket' | 'receipt'; id: string }; result: Result<{ jobId: string }> };
  'printing:resolve': { args: { jobId: string; answer: 'printed' | 'print-again' | 'cancel' }; result: Result<null> };
  'printing:save-pdf': { args: { dossierId: DossierId; size: 'A4' | 'A5' }; result: Result<{ saved: boolean; path?: string }> };
  /** Any other paper; `saved` false: the officer named no file. */
  'printing:paper': { args: { request: PaperRequest; to: PaperDestination; size: 'A4' | 'A5' }; result: Result<{ saved: boolean }> };
  /** Every paper with sample data, in a window of its own. */
  'printing:preview': { args: undefined; result: void };
  /** Printers in use; those set up on this device stand in the place of those in the settings. */
  'printing:printers': { args: undefined; result: PrinterSettings[] };
  'printing:find': { args: { address: string }; result: FoundPrinter[] };
  /** Prints the test page, or every letter in each of these code pages. */
  'printing:try': { args: { printer: PrinterSettings; letters?: PrinterLetters[] | undefined }; result: Result<PrinterTrial> };
  'printing:use': { args: { printers: PrinterSettings[] }; result: Result<null> };
  'printing:show-virtual-paper': { args: undefined; result: void };
  'sync:state': { args: undefined; result: SyncState };
  'sync:deliveries': { args: { dossierIds: string[] }; result: DossierDelivery[] };
  'sync:retry': { args: undefined; result: void };
  'sync:enrol': { args: { code: string }; result: Result<{ deviceId: string }> };
  /** Which catalogue is in force since when, and what of the province's publications is not used. */
  'publications:state': { args: undefined; result: PublicationsState };
  'upstreams:state': { args: undefined; result: UpstreamsState };
  /** Where a dossier stands on its way from the province to each specialised system, asked of the province. */
  'upstreams:of-dossier': { args: { dossierId: DossierId }; result: Result<DossierUpstreams> };
  /** A page of what the device this one replaced had at the province (`after` null: from the beginning); null where there is nothing to restore. */
  'restore:page': { args: { after: string | null }; result: Result<RestoredPage | null> };
  /** `protected`: wrapped by the operating system's key store; `recovery`: by a passphrase too. */
  'keys:state': { args: undefined; result: KeysState };
  'keys:set-recovery': { args: { passphrase: string }; result: Result<KeysState> };
  /** A new data key for what is sealed from now on. */
  'keys:rotate': { args: undefined; result: Result<KeysState> };
  /** Writes what the province has not confirmed to a file of the officer's choice (`saved` false: dismissed). */
  'takeaway:export': { args: undefined; result: Result<{ saved: boolean; path?: string; entries: number; scans: number; missing: number }> };
  /** Takes in the province's receipt for such a file. */
  'takeaway:import-receipt': { args: undefined; result: Result<{ opened: boolean; acknowledged: number; confirmed: number }> };
  'reconciliation:state': { args: undefined; result: ReconciliationState };
  'reconciliation:close': { args: { date: string }; result: Result<null> };
  'reconciliation:ask': { args: undefined; result: Result<null> };
  /** This device's part of the monitoring figures of a day, by procedure. */
  'reconciliation:figures': { args: { date: string }; result: MonitoringRow[] };
  /** What left this device by its retention rules and whose copies the page may still hold. */
  'storage:purged': { args: undefined; result: Purged };
  'storage:forgotten': { args: { scans: string[] }; result: void };
  /**
   * Takes the page's database away when it cannot be opened; the page starts again and makes it anew from journal, drafts and
   * scans. Without an officer's word only once a start, and only beside a journal with nothing wrong in it.
   */
  'storage:rebuild': { args: { isAsked: boolean }; result: Result<null, Failure<RebuildRefusal>> };
};

/** What this kiosk can do; what it cannot is not offered. */
export type LobbyAbilities = { canReadAloud: boolean };

/** `procedureCode`: what the citizen wants to do, if it was said. */
export type TicketWish = { groupId: string; priority: Priority; procedureCode?: string | undefined; declaration?: Declaration | undefined };

/** `storage-locked`: the files cannot be moved away. `needs-word`: an officer has to ask for it. */
export type RebuildRefusal = 'disk-full' | 'storage-locked' | 'needs-word';

export type RestoredPage = {
  /** The last to arrive at the province first. */
  dossiers: Dossier[];
  /** Of a form this version cannot read. */
  unreadable: number;
  /** Older than dossiers stay on a device. */
  expired: number;
  next: string | null;
  total: number;
};

export type KeysState = { protected: boolean; recovery: boolean };

export type Purged = {
  scans: string[];
  dossiers: string[];
  /** Of what came from a device this one replaced, all accepted before this leaves too; null while the province's time is unknown. */
  restoredBeforeMs: number | null;
};

export type Channel = keyof IpcContract;
export type ArgsOf<C extends Channel> = IpcContract[C]['args'];
export type ResultOf<C extends Channel> = IpcContract[C]['result'];

/** What the shell tells the page without being asked. */
export type IpcEvents = {
  /** How much of the journal is read, 0 to 1, while nothing is answered yet; in which language to say so. */
  'start:progress': { share: number; language: PublicSettings['language'] };
  'queue:changed': QueueView;
  'queue:board-changed': PublicBoard;
  /** The supervisor's key was pressed at the kiosk. */
  'lobby:leave-asked': null;
  'printing:changed': PrintingState;
  'sync:changed': SyncState;
  'sync:delivered': DossierDelivery[];
  'upstreams:changed': UpstreamsState;
  'publications:changed': PublicationsState;
  'journal:appended': { seq: number };
  'catalogue:changed': { version: string };
  'storage:purged': Purged;
  'reconciliation:changed': ReconciliationState;
  'takeaway:progress': { done: number; total: number };
};
export type EventName = keyof IpcEvents;

const bytesSchema = z.instanceof(Uint8Array as typeof Uint8Array<ArrayBuffer>).refine((bytes) => bytes.byteLength <= MAX_SCAN_BYTES);
const none = z.undefined();
const scannerId = z.string().min(1).max(500);
const ticketIdOnly = z.strictObject({ ticketId: z.uuid() });

const pairing = { address: z.string().trim().min(1).max(300), code: z.string().regex(/^\d{6}$/u) };
/** Of the lobby's supervisor. */
const pin = z.string().regex(/^\d{4,12}$/u);

/** A channel without a parser does not compile. */
export const argsParsers: { [C in Channel]: z.ZodType<ArgsOf<C>> } = {
  'app:info': none,
  'app:report-error': z.strictObject({ message: z.string().max(2000), stack: z.string().max(10_000).optional() }),
  'app:save-file': z.strictObject({ suggestedName: z.string().min(1).max(120), bytes: bytesSchema }),
  'catalogue:get': none,
  'catalogue:version': z.strictObject({ version: z.string().max(100) }),
  'catalogue:install': z.strictObject({ catalogue: catalogueSchema }),
  'drafts:list': none,
  'drafts:put': z.strictObject({ draft: draftSchema }),
  'drafts:delete': z.strictObject({ draftId: z.uuid() }),
  'scans:put': z.strictObject({ bytes: bytesSchema }),
  'scans:read': z.strictObject({ sha256: sha256Schema }),
  'scanning:devices': none,
  'scanning:capabilities': z.strictObject({ deviceId: scannerId }),
  'scanning:add': z.strictObject({ address: z.string().max(300) }),
  'scanning:start': z.strictObject({ deviceId: scannerId, job: scanJobSchema }),
  'scanning:next': z.strictObject({ scanId: z.uuid(), isTaken: z.boolean() }),
  'scanning:stop': z.strictObject({ scanId: z.uuid() }),
  'dossiers:accept': z.strictObject({ draftId: z.uuid(), dossierId: dossierIdSchema, intake: intakeSchema, owePapers: z.boolean() }),
  'dossiers:correct': z.strictObject({
    dossierId: dossierIdSchema,
    changes: z.array(z.strictObject({ field: z.string().min(2).max(500), value: z.string().max(10_000) })).max(200),
  }),
  'dossiers:fetch': z.strictObject({ dossierId: dossierIdSchema }),
  'dossiers:hand-over': z.strictObject({ dossierIds: z.array(z.uuid()).min(1).max(MAX_HANDED_OVER) }),
  'storage:key': none,
  'journal:head': none,
  'journal:read': z.strictObject({ afterSeq: z.int().nonnegative(), limit: z.int().min(1).max(1000) }),
  'voice:recording': z.strictObject({ clip: z.custom<ClipId>((clip) => typeof clip === 'string' && isClipId(clip)) }),
  'queue:state': none,
  'queue:board': none,
  'queue:issue': z.strictObject({
    groupId: z.string().max(60),
    priority: z.enum(priorities),
    print: z.boolean(),
    appointmentAtMs: z.int().nonnegative().optional(),
  }),
  'queue:call-next': z.strictObject({ groupIds: z.array(z.string().max(60)).max(26) }),
  'queue:call': ticketIdOnly,
  'queue:recall': ticketIdOnly,
  'queue:finish': ticketIdOnly,
  'queue:no-show': ticketIdOnly,
  'queue:hold': ticketIdOnly,
  'queue:return': ticketIdOnly,
  'queue:transfer': z.strictObject({ ticketId: z.uuid(), toGroupId: z.string().max(60).optional(), toCounter: z.string().max(60).optional() }),
  'queue:set-counter': z.strictObject({ groupIds: z.array(z.string().max(60)).max(26), isOpen: z.boolean() }),
  'queue:set-doors': z.strictObject({ isClosed: z.boolean() }),
  'queue:attach': z.strictObject({ ticketId: z.uuid(), text: z.string().max(MAX_ATTACHMENT_BYTES) }),
  'queue:attachment': ticketIdOnly,
  'queue:take-over': none,
  'queue:offer-pairing': none,
  'queue:end-pairing': none,
  'queue:pair': z.strictObject(pairing),
  'queue:find-hubs': none,
  'queue:remove-member': z.strictObject({ memberId: z.string().max(64) }),
  'lobby:state': none,
  'lobby:take-ticket': z.strictObject({
    groupId: z.string().max(60),
    priority: z.enum(priorities),
    procedureCode: z.string().max(40).optional(),
    declaration: declarationSchema.optional(),
  }),
  'lobby:print-papers': z.strictObject({ procedureCode: z.string().max(40) }),
  'lobby:look-up': lookUpRequestSchema,
  'lobby:rate': ratingSchema,
  'lobby:say': z.strictObject({ text: z.string().max(3000), language: z.enum(['vi', 'en']) }),
  'lobby:hush': none,
  'lobby:end': none,
  'lobby:leave': z.strictObject({ pin }),
  'lobby:pair': z.strictObject({ pin, ...pairing }),
  'printing:state': none,
  'printing:reprint': z.strictObject({ kind: z.enum(['ticket', 'receipt']), id: z.uuid() }),
  'printing:resolve': z.strictObject({ jobId: z.uuid(), answer: z.enum(['printed', 'print-again', 'cancel']) }),
  'printing:save-pdf': z.strictObject({ dossierId: dossierIdSchema, size: z.enum(['A4', 'A5']) }),
  'printing:paper': z.strictObject({ request: paperRequestSchema, to: z.enum(paperDestinations), size: z.enum(['A4', 'A5']) }),
  'printing:preview': none,
  'printing:printers': none,
  'printing:find': z.strictObject({
    address: z
      .string()
      .max(255)
      .regex(/^[\w.:*-]*$/u),
  }),
  'printing:try': z.strictObject({ printer: printerSettingsSchema, letters: z.array(printerLettersSchema).min(1).max(12).optional() }),
  'printing:use': z.strictObject({ printers: z.array(printerSettingsSchema).max(20) }),
  'printing:show-virtual-paper': none,
  'sync:state': none,
  'sync:deliveries': z.strictObject({ dossierIds: z.array(z.uuid()).max(1000) }),
  'sync:retry': none,
  'sync:enrol': z.strictObject({ code: z.string().trim().min(4).max(40) }),
  'publications:state': none,
  'upstreams:state': none,
  'upstreams:of-dossier': z.strictObject({ dossierId: dossierIdSchema }),
  'restore:page': z.strictObject({ after: z.string().max(100).nullable() }),
  'keys:state': none,
  'keys:set-recovery': z.strictObject({ passphrase: z.string().max(MAX_PASSPHRASE_LENGTH) }),
  'keys:rotate': none,
  'takeaway:export': none,
  'takeaway:import-receipt': none,
  'reconciliation:state': none,
  'reconciliation:close': z.strictObject({ date: plainDateSchema }),
  'reconciliation:ask': none,
  'reconciliation:figures': z.strictObject({ date: plainDateSchema }),
  'storage:purged': none,
  'storage:rebuild': z.strictObject({ isAsked: z.boolean() }),
  'storage:forgotten': z.strictObject({ scans: z.array(sha256Schema).max(1_000_000) }),
};

/** What goes over the lane, see `laneChannels`. */
export type LaneCall = { id: number; channel: Channel; args: unknown };
export type LaneAnswer = { id: number; result: unknown } | { id: number; error: string };

/** The whole bridge as the page sees it. */
export type Bridge = {
  invoke<C extends Channel>(channel: C, ...args: ArgsOf<C> extends undefined ? [] : [ArgsOf<C>]): Promise<ResultOf<C>>;
  on<E extends EventName>(event: E, listener: (payload: IpcEvents[E]) => void): () => void;
};

/** What the preload puts there as `window.counter`. */
export type Preloaded = Bridge & {
  /** Has a port to the shell come as a message to this window, named `LANE`. */
  openLane(): void;
};
