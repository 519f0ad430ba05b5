import { describe, expect, it } from 'vitest';
import type { Bridge } from '../../shared/ipc/contract.ts';
import type { IssuedTicket } from '../../shared/queue/ticket.ts';
import { createLobbyStore, DONE_MS, IDLE_MS, NO_PAPER_MS } from './lobby-store.ts';

const ticket: IssuedTicket = {
  ticketId: '0190a1b2-0000-7000-8000-000000000001',
  number: 'A001',
  groupId: 'civil',
  date: '2026-11-23',
  issuedAtMs: 0,
  priority: 'elderly',
  waitingAhead: 3,
  expectedWaitMs: 600_000,
};
const civil = { id: 'civil', fields: ['ho-tich', 'chung-thuc'] };
const land = { id: 'land', fields: ['dat-dai'] };
const social = { id: 'social', fields: [] };

function kiosk(groups = [civil, land, social], answer: unknown = { ok: true, value: ticket }) {
  const asked: unknown[] = [];
  let nowMs = 1000;
  const bridge = { invoke: (...call: unknown[]) => (asked.push(call), Promise.resolve(answer)) } as unknown as Pick<Bridge, 'invoke'>;
  const store = createLobbyStore({ bridge, clock: () => nowMs, groups });
  return { asked, state: () => store.getState(), pass: (ms: number) => (nowMs += ms) };
}

describe('a visit to the lobby', () => {
  it('asks the group, then the priority, then gives one printed number', async () => {
    const { state, asked } = kiosk();
    state().go({ name: 'group', wish: {} });
    state().go({ name: 'priority', groupId: 'civil', wish: {} });
    await state().choosePriority('elderly');
    expect(asked).toEqual([['lobby:take-ticket', { groupId: 'civil', priority: 'elderly' }]]);
    expect(state().step).toEqual({ name: 'done', ticket, isDeclared: false });
  });

  it('gives no second number to a double tap', async () => {
    const { state, asked } = kiosk();
    state().go({ name: 'priority', groupId: 'civil', wish: {} });
    await Promise.all([state().choosePriority('none'), state().choosePriority('none')]);
    expect(asked.length).toBe(1);
  });

  it('skips the question that has one answer, forwards and backwards', () => {
    const { state } = kiosk([civil]);
    state().go({ name: 'group', wish: {} });
    expect(state().step).toEqual({ name: 'priority', groupId: 'civil', wish: {} });
    state().back();
    expect(state().step.name).toBe('door');
  });

  it('knows the group of a procedure by its field, and asks when no group has it', () => {
    const { state } = kiosk();
    state().wishFor({ code: '1.000001', field: 'dat-dai' });
    expect(state().step).toEqual({ name: 'priority', groupId: 'land', wish: { procedureCode: '1.000001' } });
    state().back();
    state().wishFor({ code: '1.000002', field: 'elsewhere' });
    expect(state().step).toEqual({ name: 'group', wish: { procedureCode: '1.000002' } });
  });

  it('counts idle time anew at each touch, also before a door was chosen, less of it once the number is given', async () => {
    const { state, pass } = kiosk();
    expect(state().endsAtMs).toBeNull();
    state().touch();
    expect(state().endsAtMs).toBe(1000 + IDLE_MS);
    pass(5000);
    state().go({ name: 'priority', groupId: 'civil', wish: {} });
    pass(5000);
    state().touch();
    expect(state().endsAtMs).toBe(11_000 + IDLE_MS);
    await state().choosePriority('none');
    expect(state().endsAtMs).toBe(11_000 + DONE_MS);
    state().touch();
    expect(state().endsAtMs).toBe(11_000 + DONE_MS);
    state().sayWithoutPaper('paper-out');
    expect(state().endsAtMs).toBe(11_000 + NO_PAPER_MS);
  });

  it('says a failure instead of a number', async () => {
    const { state } = kiosk([civil], { ok: false, failure: { kind: 'disk-full' } });
    state().go({ name: 'group', wish: {} });
    await state().choosePriority('none');
    expect(state().step).toEqual({ name: 'failed', failure: { kind: 'disk-full' } });
  });

  it('ends with nothing of it left, and an answer that comes late is not shown to the next citizen', async () => {
    const { state, asked } = kiosk();
    state().go({ name: 'priority', groupId: 'civil', wish: {} });
    const late = state().choosePriority('none');
    state().end();
    await late;
    expect(state().step).toEqual({ name: 'door' });
    expect(state().endsAtMs).toBeNull();
    expect(asked.at(-1)).toEqual(['lobby:end']);
    state().back();
    expect(state().step).toEqual({ name: 'door' });
  });

  it('keeps what was typed beside the words of a look-up that failed', async () => {
    const { state } = kiosk([civil], { ok: false, failure: { kind: 'not-found' } });
    state().go({ name: 'look-up' });
    await state().lookUp('H36.12-261122-0001', '0000');
    expect(state().step).toEqual({ name: 'look-up', failure: 'not-found' });
    state().back();
    expect(state().step.name).toBe('door');
  });
});
