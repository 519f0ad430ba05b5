/** Twenty devices of an office and its television in one process: they join the hub of another, take numbers, call, finish, and tell what that took. */
import { get } from 'node:http';
import { join } from 'node:path';
import type { PublicBoard } from '../../../shared/queue/view.ts';
import { startDesk, type TestDesk } from '../../integration/queue/queue-desk.ts';

export type ToDevices =
  | { t: 'start'; work: string; kiosks: number; counters: number; tickets: number; lengthMs: number; boardPort: number }
  | { t: 'code'; code: string; port: number }
  | { t: 'end' };
export type FromDevices = { t: 'ready' } | { t: 'code' } | { t: 'paired' } | { t: 'done'; report: DevicesReport };

export type Sample = { kind: 'number' | 'call' | 'finish'; tookMs: number };
/** `boardMs`: from the answer to the officer until the television has it, one a call. */
export type DevicesReport = {
  samples: Sample[];
  wrong: string[];
  numbers: number;
  called: number;
  boardMs: number[];
  issuedMs: number;
  servedMs: number;
  /** Of the devices' process. */
  cpuMs: number;
};

type Start = Extract<ToDevices, { t: 'start' }>;
type Code = Extract<ToDevices, { t: 'code' }>;

const tell = (message: FromDevices): void => void process.send?.(message);
const rest = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const devices: TestDesk[] = [];
let gotCode: (code: Code) => void = () => undefined;

async function joinAll({ work, kiosks, counters }: Start): Promise<void> {
  for (let nth = 0; nth < kiosks + counters; nth++) {
    const role = nth < kiosks ? ('lobby' as const) : ('officer' as const);
    const device = await startDesk({ seat: 'member', role, counter: String(nth + 2), folder: join(work, `device-${nth}`) });
    const { code, port } = await new Promise<Code>((resolve) => {
      gotCode = resolve;
      tell({ t: 'code' });
    });
    const paired = await device.desk.office.pair(`127.0.0.1:${port}`, code);
    if (!paired.ok) throw new Error(paired.failure.kind);
    while (device.desk.view().link.standing !== 'following') await rest(10);
    devices.push(device);
  }
}

/** When the television was first told of each call. */
function watchBoard(port: number): Map<string, number> {
  const shown = new Map<string, number>();
  get({ host: '127.0.0.1', port, path: '/events' }, (stream) => {
    let text = '';
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const board = JSON.parse(text.slice('data: '.length, end)) as PublicBoard;
        for (const { ticketId } of board.called) if (!shown.has(ticketId)) shown.set(ticketId, performance.now());
        text = text.slice(end + 2);
      }
    });
    // The hub ends before its television does.
    stream.on('error', () => undefined);
  }).on('error', () => undefined);
  return shown;
}

async function aDay({ kiosks, tickets, lengthMs, boardPort }: Start): Promise<DevicesReport> {
  const shown = watchBoard(boardPort);
  const samples: Sample[] = [];
  const numbers = new Set<string>();
  const called = new Map<string, number>();
  const wrong: string[] = [];
  const note = (kind: Sample['kind'], fromMs: number): void => void samples.push({ kind, tookMs: performance.now() - fromMs });
  const cpuBefore = process.cpuUsage();
  const startedMs = performance.now();
  let isOver = false;
  /** Citizens come when they come, whatever became of the one before; each waits from that moment on. */
  const kiosking = Array.from({ length: tickets }, async (_, nth) => {
    const dueMs = startedMs + (lengthMs * nth) / tickets;
    await rest(dueMs - performance.now());
    const issued = await devices[nth % kiosks]?.desk.issue({ groupId: nth % 2 === 0 ? 'ho-tich' : 'dat-dai', priority: nth % 9 === 0 ? 'elderly' : 'none' });
    note('number', dueMs);
    if (issued?.ok !== true) wrong.push(issued?.failure.kind ?? 'no kiosk');
    else if (numbers.has(issued.value.number)) wrong.push(`${issued.value.number} twice`);
    else numbers.add(issued.value.number);
  });
  const serving = devices.slice(kiosks).map(async ({ desk }) => {
    for (;;) {
      const askedMs = performance.now();
      const next = await desk.callNext([]);
      if (!next.ok) wrong.push(next.failure.kind);
      else if (next.value === null) {
        if (isOver) return;
        await rest(50);
      } else {
        const { ticketId, number } = next.value;
        if (called.has(ticketId)) wrong.push(`${number} called twice`);
        called.set(ticketId, performance.now());
        note('call', askedMs);
        const finished = await desk.step('finish', ticketId);
        note('finish', called.get(ticketId) ?? 0);
        if (!finished.ok) wrong.push(finished.failure.kind);
      }
    }
  });
  await Promise.all(kiosking);
  const issuedMs = performance.now() - startedMs;
  isOver = true;
  await Promise.all(serving);
  const servedMs = performance.now() - startedMs;
  const cpu = process.cpuUsage(cpuBefore);
  const patienceMs = performance.now() + 2_000;
  while (shown.size < called.size && performance.now() < patienceMs) await rest(20);
  const boardMs = [...called].flatMap(([ticketId, atMs]) => (shown.has(ticketId) ? [Math.max(0, (shown.get(ticketId) ?? 0) - atMs)] : []));
  return { samples, wrong, numbers: numbers.size, called: called.size, boardMs, issuedMs, servedMs, cpuMs: (cpu.user + cpu.system) / 1000 };
}

async function start(wanted: Start): Promise<void> {
  await joinAll(wanted);
  tell({ t: 'paired' });
  tell({ t: 'done', report: await aDay(wanted) });
}

process.on('message', (message: ToDevices) => {
  if (message.t === 'code') return gotCode(message);
  if (message.t === 'start') {
    return void start(message).catch((error: unknown) => {
      console.error(error);
      process.exit(1);
    });
  }
  void Promise.all(devices.map((device) => device.kill())).finally(() => process.exit(0));
});
tell({ t: 'ready' });
