/** The device among the others of its office: lines to those who may hold the queue, becoming known to them, what was left with a ticket, what is known of a dossier. */
import { readFile } from 'node:fs/promises';
import { hostname, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import type { WebSocket } from 'ws';
import { z } from 'zod';
import { fail, ok, type Failure, type Result } from '../../shared/lib/result.ts';
import type { Clock } from '../../shared/lib/time.ts';
import { dossierStatusSchema, type DossierStatus, type LookUpRequest } from '../../shared/lobby/look-up.ts';
import { memberSchema, type Member } from '../../shared/queue/event.ts';
import { MOST_FRAME_CHARACTERS, type Frame } from '../../shared/queue/frame.ts';
import type { FoundHub, PairingOffer } from '../../shared/queue/office.ts';
import type { OfficeSeat } from '../../shared/queue/seat.ts';
import type { Settings } from '../../shared/settings/settings.ts';
import type { LookUpHere } from '../dossiers/look-up.ts';
import { isMissing, writeDurably } from '../files.ts';
import type { Vault } from '../keys/vault.ts';
import type { Log } from '../log.ts';
import type { Attachments } from './attachments.ts';
import { addressOf, dial, serveConnection, type Connection } from './connection.ts';
import { createDiscovery } from './discovery.ts';
import { MEMBER_PATH, PAIRING_PATH, startHubServer, type HubServer } from './hub-server.ts';
import type { OfficeIdentity } from './identity.ts';
import { createPairingDesk, pairWith } from './pairing.ts';

export type Office = {
  attach(ticketId: string, text: string): Promise<Result<null, Failure>>;
  /** Null: nothing was left with this ticket. */
  attachment(ticketId: string): Promise<Result<string | null, Failure>>;
  /** How far a dossier is, as the office's devices know it: asked by a kiosk. `no-hub`, `not-found`, `too-many`. */
  lookUp(request: LookUpRequest): Promise<Result<DossierStatus, Failure>>;
  offerPairing(): Promise<Result<PairingOffer, Failure>>;
  endPairing(): void;
  pair(address: string, code: string): Promise<Result<{ hubName: string }, Failure>>;
  findHubs(): Promise<FoundHub[]>;
  removeMember(memberId: string): Promise<Result<null, Failure>>;
  /** To be called after every change of the queue: who may be spoken with is part of it. */
  changed(): void;
  stop(): Promise<void>;
};

/** A device on its own: it keeps what is left with tickets, and there is nobody to join. */
export function createLoneOffice(attachments: Attachments): Office {
  const alone = <T>(): Promise<Result<T, Failure>> => Promise.resolve(fail('queue-alone'));
  return {
    attach: (ticketId, text) => attachments.put(ticketId, text, false),
    attachment: async (ticketId) => ok(await attachments.get(ticketId)),
    lookUp: alone,
    offerPairing: alone,
    endPairing: () => undefined,
    pair: alone,
    findHubs: () => Promise.resolve([]),
    removeMember: alone,
    changed: () => undefined,
    stop: () => Promise.resolve(),
  };
}

const REDIAL_MS = { least: 250, most: 3_000 };
/** A port that is taken, e.g. by a process that is just ending. */
const LISTEN_AGAIN_MS = 3_000;
const ANSWER_WITHIN_MS = 3_000;
/** Of a counter that is asked by whoever holds the queue, who is itself waited for. */
const COUNTER_WITHIN_MS = 2_000;
/** Of one kiosk: several citizens a minute, but not a list of codes. */
const LOOK_UPS_A_MINUTE = 20;
const A_MINUTE_MS = 60_000;
const SEND_ON_EVERY_MS = 2_000;
const CONTEXT = 'queue-holders';

type Options = {
  folder: string;
  vault: Vault;
  identity: OfficeIdentity;
  settings: Settings;
  name: string;
  clock: Clock;
  newId: () => string;
  log: Log;
  attachments: Attachments;
  seat(): OfficeSeat;
  lookUp: LookUpHere;
  /** `isRefused` has changed. */
  onRefusal(): void;
};

export type ConnectedOffice = Office & {
  send(memberId: string, frame: Frame): void;
  /** This device was made known to the office once, and is not let in any more. */
  isRefused(): boolean;
};

export async function openOffice(options: Options): Promise<ConnectedOffice> {
  const { folder, vault, identity, settings, name, clock, newId, log, attachments, seat, lookUp, onRefusal } = options;
  const { seat: kind, port, address: typedAddress } = settings.queue;
  const path = join(folder, 'holders.sealed');
  const mayHold = kind === 'hub' || kind === 'standby';
  const discovery = createDiscovery(log);
  const lines = new Map<string, Connection>();
  const dialling = new Set<string>();
  /** Who holds the queue and does not know this device any more, e.g. because an officer let it go. It is asked again all the same. */
  const refusedBy = new Set<string>();
  const lookUps = new Map<string, { count: number; sinceMs: number }>();
  const asked = new Map<string, (result: Result<unknown, Failure>) => void>();
  /** Who may hold the queue, as known from the pairing; what the queue itself says counts more. */
  let holders = await readHolders();
  let server: HubServer | undefined;
  let isStopped = false;

  async function readHolders(): Promise<Member[]> {
    try {
      return z.array(memberSchema).parse(JSON.parse(vault.open(await readFile(path), CONTEXT).toString('utf8')));
    } catch (error) {
      if (!isMissing(error)) log.error('queue: what the pairing said cannot be read; pair again');
      return [];
    }
  }

  const members = (): readonly Member[] => seat().replica.ahead().members;
  const memberOf = (memberId: string): Member | undefined => members().find((member) => member.memberId === memberId);
  const isHolder = (memberId: string): boolean => [...members(), ...holders].some((member) => member.memberId === memberId && member.seat !== 'member');

  const pairing = createPairingDesk({
    hubId: identity.memberId,
    officeId: settings.office.id,
    clock,
    admit: (member) => seat().admit(member),
    holders: () => members().filter((member) => member.seat !== 'member'),
    onPaired: (member) => log.info(`queue: paired with ${member.seat} ${member.memberId.slice(0, 8)}`),
  });

  // ── lines ────────────────────────────────────────────────────────────────────────────────────────────────────────────

  function takeLine(memberId: string, socket: WebSocket): void {
    // The newest line counts: the other end knows why it opened another.
    lines.get(memberId)?.close();
    const line: Connection = serveConnection(socket, {
      mostCharacters: isHolder(memberId) ? MOST_FRAME_CHARACTERS.fromHolder : MOST_FRAME_CHARACTERS.fromMember,
      onFrame: (frame) => received(memberId, frame),
      onEnd(why) {
        if (lines.get(memberId) !== line) return;
        lines.delete(memberId);
        log.info(`queue: line to ${memberId.slice(0, 8)} ended: ${why}`);
        seat().disconnected(memberId);
        dialAll();
      },
    });
    lines.set(memberId, line);
    seat().connected(memberId);
  }

  function received(memberId: string, frame: Frame): void {
    if (frame.t === 'attach') return void answer(memberId, frame.id, () => takeAttachment(memberId, frame.ticketId, frame.text));
    if (frame.t === 'attachment')
      return void answer(memberId, frame.id, async () => (mayRead(memberId) ? ok(await attachments.get(frame.ticketId)) : fail('not-allowed')));
    if (frame.t === 'look-up') return void answer(memberId, frame.id, () => lookUpFor(memberId, frame.request));
    const waiting = frame.t === 'answer' ? asked.get(frame.id) : undefined;
    if (frame.t === 'answer' && waiting !== undefined) return waiting(frame.result as Result<unknown, Failure>);
    seat().received(memberId, frame);
  }

  /** Everyone speaks with the hub and the standby; of those two the standby calls the hub. */
  function targets(): Member[] {
    const known = new Map([...holders, ...members()].map((member) => [member.memberId, member]));
    const isTarget = ({ memberId, seat: at }: Member): boolean => memberId !== identity.memberId && (at === 'hub' || (at === 'standby' && kind !== 'hub'));
    return [...known.values()].filter(isTarget);
  }

  function dialAll(): void {
    if (isStopped || kind === 'alone' || kind === 'hub') return;
    for (const target of targets()) if (!lines.has(target.memberId) && !dialling.has(target.memberId)) void keepDialling(target.memberId);
  }

  async function keepDialling(memberId: string): Promise<void> {
    dialling.add(memberId);
    let waitMs = REDIAL_MS.least;
    while (!isStopped && !lines.has(memberId)) {
      const target = targets().find((one) => one.memberId === memberId);
      if (target === undefined) break;
      for (const address of await addressesOf(target, waitMs >= REDIAL_MS.most)) {
        const open = isStopped ? undefined : await dial(address, MEMBER_PATH, identity, memberId);
        if (open !== undefined) noteRefusal(memberId, open === 'refused');
        if (open === undefined || open === 'refused') continue;
        if (isStopped) open.socket.terminate();
        else takeLine(memberId, open.socket);
        break;
      }
      if (lines.has(memberId)) break;
      await new Promise((resolve) => setTimeout(resolve, waitMs).unref());
      waitMs = Math.min(waitMs * 1.6, REDIAL_MS.most);
    }
    dialling.delete(memberId);
  }

  function noteRefusal(memberId: string, isRefused: boolean): void {
    if (refusedBy.has(memberId) === isRefused) return;
    if (isRefused) refusedBy.add(memberId);
    else refusedBy.delete(memberId);
    onRefusal();
  }

  /** The typed one, what is known, and after a while whatever the network says. */
  async function addressesOf({ memberId, seat: at, addresses }: Member, isLong: boolean): Promise<string[]> {
    const typed = at === 'hub' && typedAddress !== undefined ? addressOf(typedAddress, port) : undefined;
    const before = holders.find((member) => member.memberId === memberId)?.addresses ?? [];
    const found = isLong ? (await discovery.find()).filter((hub) => hub.memberId === memberId).map(({ address }) => address) : [];
    return [...new Set([...(typed === undefined ? [] : [typed]), ...addresses, ...before, ...found])];
  }

  async function listen(): Promise<void> {
    try {
      server = await startHubServer({
        identity,
        port,
        isKnown: (memberId) => memberOf(memberId) !== undefined || isHolder(memberId),
        isPairing: () => pairing.isOpen(clock()) && seat().isHolding(),
        onMember: takeLine,
        onPairing: pairing.serve,
      });
      if (isStopped) return void (await server.stop());
      discovery.announce({ name, officeId: settings.office.id, memberId: identity.memberId, port: server.port });
    } catch (error) {
      log.error(`queue: cannot listen on ${port}: ${error instanceof Error ? error.message : ''}`);
      setTimeout(() => isStopped || void listen(), LISTEN_AGAIN_MS).unref();
    }
  }

  // ── what was left with a ticket ──────────────────────────────────────────────────────────────────────────────────────

  async function answer(memberId: string, id: string, work: () => Promise<Result<unknown, Failure>>): Promise<void> {
    const result = await work().catch((error: unknown) => {
      log.error(`queue: not answered: ${error instanceof Error ? error.message : ''}`);
      return fail('queue-failed');
    });
    lines.get(memberId)?.send({ t: 'answer', id, result });
  }

  const mayRead = (memberId: string): boolean => {
    const role = memberOf(memberId)?.role;
    return role === 'officer' || role === 'postal' || isHolder(memberId);
  };

  async function takeAttachment(from: string, ticketId: string, text: string): Promise<Result<null, Failure>> {
    if (!mayHold || memberOf(from)?.role === 'board') return fail('not-allowed');
    const kept = await attachments.put(ticketId, text, false);
    if (kept.ok && !isHolder(from)) passOn(ticketId, text);
    return kept;
  }

  /** The other that may come to hold the queue has it too. */
  function passOn(ticketId: string, text: string): void {
    for (const [memberId, line] of lines) if (isHolder(memberId)) line.send({ t: 'attach', id: newId(), ticketId, text });
  }

  type Asking = Extract<Frame, { t: 'attach' | 'attachment' | 'look-up' }>;

  function askHolder(frame: Asking): Promise<Result<unknown, Failure>> {
    const holder = seat().heldBy();
    const line = holder === undefined ? undefined : lines.get(holder);
    return line === undefined ? Promise.resolve(fail('no-hub')) : ask(line, frame, ANSWER_WITHIN_MS);
  }

  function ask(line: Connection, frame: Asking, withinMs: number): Promise<Result<unknown, Failure>> {
    return new Promise((done) => {
      const end = (result: Result<unknown, Failure>): void => {
        asked.delete(frame.id);
        clearTimeout(tooLong);
        done(result);
      };
      const tooLong = setTimeout(() => end(fail('no-hub')), withinMs);
      asked.set(frame.id, end);
      line.send(frame);
    });
  }

  // ── what the office knows of a dossier ───────────────────────────────────────────────────────────────────────────────

  async function lookUpFor(from: string, request: LookUpRequest): Promise<Result<DossierStatus, Failure>> {
    if (isHolder(from)) return lookUp.ask(request);
    if (!mayHold || memberOf(from)?.role !== 'lobby') return fail('not-allowed');
    return asksTooOften(from) ? fail('too-often') : lookUpAmongAll(request);
  }

  function asksTooOften(memberId: string): boolean {
    const nowMs = clock();
    const known = lookUps.get(memberId);
    const { count, sinceMs } = known !== undefined && nowMs - known.sinceMs < A_MINUTE_MS ? known : { count: 0, sinceMs: nowMs };
    lookUps.set(memberId, { count: count + 1, sinceMs });
    return count >= LOOK_UPS_A_MINUTE;
  }

  async function lookUpAmongAll(request: LookUpRequest): Promise<Result<DossierStatus, Failure>> {
    const own = await lookUp.ask(request);
    // Guesses are counted here for all of them.
    if (own.ok || own.failure.kind === 'too-many') return own;
    const counters = [...lines].filter(([memberId]) => ['officer', 'postal'].includes(memberOf(memberId)?.role ?? ''));
    const answers = await Promise.all(counters.map(([, line]) => ask(line, { t: 'look-up', id: newId(), request }, COUNTER_WITHIN_MS)));
    const known = answers.map(readStatus).find((answer) => answer.ok);
    if (known === undefined) return own;
    lookUp.takeGuessBack(request);
    return known;
  }

  async function sendOn(): Promise<void> {
    if (seat().heldBy() === undefined) return;
    for (const ticketId of await attachments.toSend()) {
      const text = await attachments.get(ticketId);
      if (text === null) continue;
      if (mayHold) passOn(ticketId, text);
      const sent = mayHold ? ok(null) : await askHolder({ t: 'attach', id: newId(), ticketId, text });
      if (!sent.ok) return;
      await attachments.sent(ticketId, text);
    }
  }

  const sending = setInterval(() => void sendOn().catch(() => undefined), SEND_ON_EVERY_MS);
  if (mayHold) await listen();
  setImmediate(dialAll);

  return {
    send: (memberId, frame) => lines.get(memberId)?.send(frame),
    isRefused: () => refusedBy.size > 0,
    changed: dialAll,
    async attach(ticketId, text) {
      const kept = await attachments.put(ticketId, text, true);
      if (kept.ok) void sendOn().catch(() => undefined);
      return kept;
    },
    async lookUp(request) {
      return seat().heldBy() === identity.memberId ? lookUpAmongAll(request) : readStatus(await askHolder({ t: 'look-up', id: newId(), request }));
    },
    async attachment(ticketId) {
      const own = await attachments.get(ticketId);
      if (own !== null || seat().heldBy() === identity.memberId) return ok(own);
      return (await askHolder({ t: 'attachment', id: newId(), ticketId })) as Result<string | null, Failure>;
    },
    async offerPairing() {
      if (!mayHold || server === undefined || !seat().isHolding()) return fail('not-the-hub');
      const { code, expiresAtMs } = pairing.offer(clock());
      return ok({ code, expiresAtMs, addresses: [...ownHosts(), hostname()].map((host) => `${host}:${server?.port ?? port}`) });
    },
    endPairing: pairing.end,
    async pair(typed, code) {
      if (kind === 'hub') return fail('queue-alone');
      const address = addressOf(typed, port);
      const open = address === undefined ? undefined : await dial(address, PAIRING_PATH, identity, undefined);
      if (address === undefined || open === undefined) return fail('hub-unreachable');
      // A hub that offers no code answers nobody it does not know.
      if (open === 'refused') return fail('pairing-closed');
      const names = { hub: open.memberId, device: identity.memberId, officeId: settings.office.id };
      const about = { name, seat: kind === 'standby' ? ('standby' as const) : ('member' as const), role: settings.role, port: server?.port ?? 0 };
      const paired = await pairWith(open.socket, { code, names, about });
      if (!paired.ok) return paired;
      const withAddress = (member: Member): Member =>
        member.memberId === open.memberId ? { ...member, addresses: [address, ...member.addresses].slice(0, 8) } : member;
      holders = paired.value.holders.map(withAddress);
      await writeDurably(path, vault.seal(Buffer.from(JSON.stringify(holders)), CONTEXT));
      dialAll();
      return ok({ hubName: holders.find(({ memberId }) => memberId === open.memberId)?.name ?? '' });
    },
    findHubs: async () => (await discovery.find()).filter(({ officeId }) => officeId === settings.office.id).map(({ memberId: _, ...hub }) => hub),
    async removeMember(memberId) {
      if (!seat().mayRemove(memberId)) return fail('take-over-first');
      const { result } = await seat().request({ type: 'set-member', memberId, isGone: true });
      if (result.ok) lines.get(memberId)?.close();
      return result.ok ? ok(null) : result;
    },
    async stop() {
      isStopped = true;
      clearInterval(sending);
      discovery.stop();
      for (const line of [...lines.values()]) line.close();
      await server?.stop();
    },
  };
}

function readStatus(answer: Result<unknown, Failure>): Result<DossierStatus, Failure> {
  if (!answer.ok) return answer;
  const { data: status } = dossierStatusSchema.safeParse(answer.value);
  return status === undefined ? fail('not-found') : ok(status);
}

/** Under which the others of the network may reach this device; none of its own loopback, unless it has nothing else. */
function ownHosts(): string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const outside = addresses.filter(({ internal, family }) => !internal && family === 'IPv4').map(({ address }) => address);
  return outside.length > 0 ? outside.slice(0, 4) : ['127.0.0.1'];
}
