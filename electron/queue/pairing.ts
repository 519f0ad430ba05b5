/** How a new device becomes known to the office: six digits shown on the hub, typed on the device, proved by both without being sent. */
import { randomInt } from 'node:crypto';
import type { WebSocket } from 'ws';
import { parseOrUndefined } from '../../shared/lib/json.ts';
import { fail, ok, type Failure, type Result } from '../../shared/lib/result.ts';
import type { Member } from '../../shared/queue/event.ts';
import { pairingFrameSchema, type PairingFrame } from '../../shared/queue/frame.ts';
import { beginProof, isSameWord, type PairingNames } from './pairing-proof.ts';

const VALID_MS = 5 * 60_000;
/** One in a million each; then the code is void and a person has to ask for another. */
const MOST_WRONG = 3;
const RUN_MS = 15_000;
/** A code is no use to someone who opens runs and ends none. */
const MOST_RUNS = 12;

type About = Extract<PairingFrame, { t: 'pair' }>['about'];

export type PairingDesk = {
  offer(nowMs: number): { code: string; expiresAtMs: number };
  end(): void;
  isOpen(nowMs: number): boolean;
  serve(deviceId: string, socket: WebSocket, host: string): void;
};

type Options = {
  hubId: string;
  officeId: string;
  clock: () => number;
  /** Undefined: this device does not hold the queue any more. */
  admit(member: Omit<Member, 'series' | 'isWitness'>): Promise<Member | undefined>;
  holders(): Member[];
  onPaired(member: Member): void;
};

export function createPairingDesk({ hubId, officeId, clock, admit, holders, onPaired }: Options): PairingDesk {
  let offer: { code: string; expiresAtMs: number; wrong: number; runs: number } | undefined;
  /** One run at a time: guesses cannot be made side by side. */
  let running: WebSocket | undefined;

  const current = (nowMs: number): typeof offer =>
    offer !== undefined && offer.expiresAtMs > nowMs && offer.wrong < MOST_WRONG && offer.runs < MOST_RUNS ? offer : undefined;

  return {
    offer(nowMs) {
      offer = { code: String(randomInt(1_000_000)).padStart(6, '0'), expiresAtMs: nowMs + VALID_MS, wrong: 0, runs: 0 };
      return { code: offer.code, expiresAtMs: offer.expiresAtMs };
    },
    end() {
      offer = undefined;
    },
    isOpen: (nowMs) => current(nowMs) !== undefined,
    serve(deviceId, socket, host) {
      const say = (frame: PairingFrame): void => socket.send(JSON.stringify(frame));
      const refuse = (kind: Extract<PairingFrame, { t: 'refused' }>['kind']): void => {
        say({ t: 'refused', kind });
        socket.close();
      };
      const mine = current(clock());
      if (mine === undefined || running !== undefined) return refuse('pairing-closed');
      running = socket;
      mine.runs += 1;
      const tooLong = setTimeout(() => socket.terminate(), RUN_MS);
      socket.on('error', () => socket.terminate());
      socket.once('close', () => {
        clearTimeout(tooLong);
        if (running === socket) running = undefined;
      });
      const names: PairingNames = { hub: hubId, device: deviceId, officeId };
      const proof = beginProof('hub', mine.code, names);
      let agreed: { say: string; hear: string } | undefined;
      let about: About | undefined;

      async function heard(frame: PairingFrame): Promise<void> {
        if (mine === undefined || mine !== current(clock())) return refuse('pairing-closed');
        if (frame.t === 'pair' && about === undefined) {
          if (frame.officeId !== officeId) return refuse('other-office');
          if (frame.about.seat === 'hub') return refuse('not-the-hub');
          agreed = proof.agree(frame.element);
          if (agreed === undefined) return socket.terminate();
          about = frame.about;
          return say({ t: 'pair-reply', element: proof.element, officeId });
        }
        if (frame.t !== 'pair-word' || agreed === undefined || about === undefined) return socket.terminate();
        const { say: word, hear } = agreed;
        agreed = undefined;
        if (!isSameWord(frame.word, hear)) {
          mine.wrong += 1;
          return refuse('pairing-code-wrong');
        }
        // Used up before anything else happens.
        offer = undefined;
        const { port, ...named } = about;
        const member = await admit({ ...named, memberId: deviceId, addresses: named.seat === 'standby' && port > 0 ? [`${host}:${port}`] : [] });
        if (member === undefined) return refuse('not-the-hub');
        say({ t: 'paired', word, member, holders: holders() });
        socket.close();
        onPaired(member);
      }

      socket.on('message', (data, isBinary) => {
        const parsed = isBinary ? undefined : pairingFrameSchema.safeParse(parseOrUndefined(String(data)));
        if (parsed?.success !== true) return socket.terminate();
        heard(parsed.data).catch(() => socket.terminate());
      });
    },
  };
}

/** The new device's side of it. The hub is believed only when it has proved that it knows the code too. */
export function pairWith(
  socket: WebSocket,
  { code, names, about }: { code: string; names: PairingNames; about: About },
): Promise<Result<{ member: Member; holders: Member[] }, Failure>> {
  return new Promise((done) => {
    const proof = beginProof('device', code, names);
    let agreed: { say: string; hear: string } | undefined;
    const end = (result: Result<{ member: Member; holders: Member[] }, Failure>): void => {
      clearTimeout(tooLong);
      done(result);
      socket.close();
    };
    const tooLong = setTimeout(() => end(fail('hub-unreachable')), RUN_MS);
    const say = (frame: PairingFrame): void => socket.send(JSON.stringify(frame));
    socket.on('close', () => end(fail('hub-unreachable')));
    socket.on('error', () => end(fail('hub-unreachable')));
    socket.on('message', (data) => {
      const parsed = pairingFrameSchema.safeParse(parseOrUndefined(String(data)));
      if (!parsed.success) return end(fail('hub-unreachable'));
      const frame = parsed.data;
      if (frame.t === 'refused') return end(fail(frame.kind));
      if (frame.t === 'pair-reply' && agreed === undefined) {
        agreed = proof.agree(frame.element);
        if (agreed === undefined) return end(fail('hub-unreachable'));
        return say({ t: 'pair-word', word: agreed.say });
      }
      if (frame.t !== 'paired' || agreed === undefined || !isSameWord(frame.word, agreed.hear)) return end(fail('pairing-code-wrong'));
      end(ok({ member: frame.member, holders: frame.holders }));
    });
    say({ t: 'pair', officeId: names.officeId, element: proof.element, about });
  });
}
