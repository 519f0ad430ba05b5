import { EventEmitter } from 'node:events';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { WebSocket } from 'ws';
import type { Failure, Result } from '../../shared/lib/result.ts';
import type { Member } from '../../shared/queue/event.ts';
import type { PairingFrame } from '../../shared/queue/frame.ts';
import { createPairingDesk, pairWith, type PairingDesk } from './pairing.ts';
import { beginProof } from './pairing-proof.ts';

const [hubId, deviceId] = ['a'.repeat(64), 'b'.repeat(64)];
const officeId = 'xa-an-binh';
const about = { name: 'Kiosk', seat: 'member' as const, role: 'lobby' as const, port: 0 };
const hub: Member = { memberId: hubId, name: '1', seat: 'hub', role: 'officer', series: 0, isWitness: false, addresses: [] };

/** One end of a line within this process. */
class End extends EventEmitter {
  other: End | undefined;
  readonly said: PairingFrame[] = [];
  private hasEnded = false;
  send(text: string): void {
    this.said.push(JSON.parse(text) as PairingFrame);
    queueMicrotask(() => this.other?.emit('message', Buffer.from(text), false));
  }
  readonly close = (): void => {
    if (this.hasEnded) return;
    this.hasEnded = true;
    queueMicrotask(() => {
      this.emit('close');
      this.other?.close();
    });
  };
  readonly terminate = this.close;
}
function aLine(): { atHub: End; atDevice: End } {
  const [atHub, atDevice] = [new End(), new End()];
  [atHub.other, atDevice.other] = [atDevice, atHub];
  return { atHub, atDevice };
}
const socketOf = (end: End): WebSocket => end as unknown as WebSocket;

let nowMs: number;
let desk: PairingDesk;
const paired = vi.fn();
let admit: (member: Omit<Member, 'series' | 'isWitness'>) => Promise<Member | undefined>;
beforeEach(() => {
  nowMs = 1_000_000;
  paired.mockClear();
  admit = (member) => Promise.resolve({ ...member, series: 2, isWitness: false });
  desk = createPairingDesk({ hubId, officeId, clock: () => nowMs, admit: (member) => admit(member), holders: () => [hub], onPaired: paired });
});

type Joined = Result<{ member: Member; holders: Member[] }, Failure>;
type Differing = { office?: string; seat?: 'hub' | 'standby' | 'member'; onReply?: () => void; hub?: string };
function join(code: string, { office = officeId, seat = 'member', onReply, hub: seen = hubId }: Differing = {}): Promise<Joined> {
  const { atHub, atDevice } = aLine();
  if (onReply !== undefined) atDevice.once('message', onReply);
  desk.serve(deviceId, socketOf(atHub), '192.0.2.7');
  return pairWith(socketOf(atDevice), { code, names: { hub: seen, device: deviceId, officeId: office }, about: { ...about, seat, port: 4711 } });
}
const other = (code: string): string => String((Number(code) + 1) % 1_000_000).padStart(6, '0');
const refused = (kind: string): object => ({ ok: false, failure: { kind } });

describe('pairing', () => {
  it('makes one device known to the hub and the hub to it, with one code of six digits', async () => {
    const { code } = desk.offer(nowMs);
    expect(code).toMatch(/^\d{6}$/u);
    expect(await join(code)).toMatchObject({ ok: true, value: { member: { memberId: deviceId, name: 'Kiosk' }, holders: [{ memberId: hubId }] } });
    expect(paired).toHaveBeenCalledOnce();
    // A code is for one device.
    expect(desk.isOpen(nowMs)).toBe(false);
    expect(await join(code)).toMatchObject(refused('pairing-closed'));
  });

  it('notes where a standby listens, and no address of any other', async () => {
    const admitted: string[][] = [];
    admit = (member) => {
      admitted.push(member.addresses);
      return Promise.resolve({ ...member, series: 2, isWitness: false });
    };
    await join(desk.offer(nowMs).code, { seat: 'standby' });
    await join(desk.offer(nowMs).code);
    expect(admitted).toEqual([['192.0.2.7:4711'], []]);
  });

  it('ends with the code’s five minutes, also for a device that has begun', async () => {
    const { code, expiresAtMs } = desk.offer(nowMs);
    expect(expiresAtMs - nowMs).toBe(5 * 60_000);
    nowMs = expiresAtMs - 1;
    expect(desk.isOpen(nowMs)).toBe(true);
    expect(await join(code, { onReply: () => (nowMs = expiresAtMs) })).toMatchObject(refused('pairing-closed'));
    expect(await join(code)).toMatchObject(refused('pairing-closed'));
    expect(paired).not.toHaveBeenCalled();
  });

  it('is closed when the person at the hub ends it', async () => {
    const { code } = desk.offer(nowMs);
    desk.end();
    expect(await join(code)).toMatchObject(refused('pairing-closed'));
  });

  it('lets a code be guessed at three times, one guess at a time', async () => {
    const { code } = desk.offer(nowMs);
    const guesses = await Promise.all(Array.from({ length: 5 }, () => join(other(code))));
    expect(guesses.filter((guess) => !guess.ok && guess.failure.kind === 'pairing-code-wrong')).toHaveLength(1);
    for (let guess = 1; guess < 3; guess++) expect(await join(other(code))).toMatchObject(refused('pairing-code-wrong'));
    expect(await join(code)).toMatchObject(refused('pairing-closed'));
    expect(await join(desk.offer(nowMs).code)).toMatchObject({ ok: true });
  });

  it('voids a code on which runs are begun and not ended', async () => {
    const { code } = desk.offer(nowMs);
    for (let run = 0; run < 12; run++) {
      const { atHub, atDevice } = aLine();
      desk.serve(deviceId, socketOf(atHub), '');
      const ended = new Promise((resolve) => atHub.once('close', resolve));
      atDevice.close();
      await ended;
    }
    expect(await join(code)).toMatchObject(refused('pairing-closed'));
  });

  it('lets in nobody of another office, no second hub, and nobody when the queue is held elsewhere by now', async () => {
    const { code } = desk.offer(nowMs);
    expect(await join(code, { office: 'xa-khac' })).toMatchObject(refused('other-office'));
    expect(await join(code, { seat: 'hub' })).toMatchObject(refused('not-the-hub'));
    admit = () => Promise.resolve(undefined);
    expect(await join(code)).toMatchObject(refused('not-the-hub'));
    expect(paired).not.toHaveBeenCalled();
  });

  it('fails where each side sees another certificate than its counterpart has', async () => {
    expect(await join(desk.offer(nowMs).code, { hub: 'c'.repeat(64) })).toMatchObject(refused('pairing-code-wrong'));
    expect(paired).not.toHaveBeenCalled();
  });

  it('does not believe a hub that does not know the code', async () => {
    const { atHub: impostor, atDevice } = aLine();
    const proof = beginProof('hub', '000001', { hub: hubId, device: deviceId, officeId });
    impostor.on('message', (data) => {
      const frame = JSON.parse(String(data)) as PairingFrame;
      if (frame.t === 'pair') impostor.send(JSON.stringify({ t: 'pair-reply', element: proof.element, officeId }));
      // What it heard is the word of the device, not its own.
      if (frame.t === 'pair-word') impostor.send(JSON.stringify({ t: 'paired', word: frame.word, member: hub, holders: [hub] }));
    });
    const joined = await pairWith(socketOf(atDevice), { code: '000002', names: { hub: hubId, device: deviceId, officeId }, about });
    expect(joined).toMatchObject(refused('pairing-code-wrong'));
  });
});
