import { describe, expect, it } from 'vitest';
import type { Bridge } from '../../shared/ipc/contract.ts';
import type { Ticket } from '../../shared/queue/ticket.ts';
import { createLobbyStore, DONE_MS, IDLE_MS } from './lobby-store.ts';

const ticket: Ticket = {
  ticketId: '0190a1b2-0000-7000-8000-000000000001',
  number: 'A001',
  groupId: 'civil',
  date: '2026-11-23',
  issuedAtMs: 0,
  priority: 'elderly',
};

function kiosk(groupIds = ['civil', 'land'], answer: unknown = { ok: true, value: ticket }) {
  const asked: unknown[] = [];
  let nowMs = 1000;
  const bridge = { invoke: (channel: string, args: unknown) => (asked.push([channel, args]), Promise.resolve(answer)) } as unknown as Pick<Bridge, 'invoke'>;
  const store = createLobbyStore({ bridge, clock: () => nowMs, groupIds });
  return { store, asked, state: () => store.getState(), pass: (ms: number) => (nowMs += ms) };
}

describe('lobby', () => {
  it('asks the group, then the priority, then gives one printed number', async () => {
    const { state, asked } = kiosk();
    state().begin();
    state().chooseGroup('civil');
    await state().choosePriority('elderly');
    expect(asked).toEqual([['queue:issue', { groupId: 'civil', priority: 'elderly', print: true }]]);
    expect(state().step).toEqual({ name: 'done', ticket });
  });

  it('gives no second number to a double tap', async () => {
    const { state, asked } = kiosk();
    state().begin();
    state().chooseGroup('civil');
    await Promise.all([state().choosePriority('none'), state().choosePriority('none')]);
    expect(asked.length).toBe(1);
  });

  it('skips the question that has one answer, forwards and backwards', () => {
    const { state } = kiosk(['civil']);
    state().begin();
    expect(state().step).toEqual({ name: 'priority', groupId: 'civil' });
    state().back();
    expect(state().step.name).toBe('door');
  });

  it('counts idle time anew at each touch, less of it once the number is given', async () => {
    const { state, pass } = kiosk();
    expect(state().endsAtMs).toBeNull();
    state().begin();
    expect(state().endsAtMs).toBe(1000 + IDLE_MS);
    pass(5000);
    state().touch();
    expect(state().endsAtMs).toBe(6000 + IDLE_MS);
    state().chooseGroup('civil');
    await state().choosePriority('none');
    expect(state().endsAtMs).toBe(6000 + DONE_MS);
    state().end();
    expect(state().endsAtMs).toBeNull();
  });

  it('says a failure instead of a number', async () => {
    const { state } = kiosk(['civil'], { ok: false, failure: { kind: 'disk-full' } });
    state().begin();
    await state().choosePriority('none');
    expect(state().step).toEqual({ name: 'failed', failure: { kind: 'disk-full' } });
  });
});
