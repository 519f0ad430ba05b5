/** The hub under a day of 5,000 numbers in a minute: twenty devices on real sockets, every event durable before it is answered. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pair, startDesk, type TestDesk } from '../integration/queue/queue-desk.ts';
import { describeMachine, figure, machineLine, ms, percentile, type BenchOptions, type BenchResult } from './result.ts';

export const name = 'queue';

const CLIENTS = 20;
const KIOSKS = 5;
const P99_AIM_MS = 250;
const MEMORY_AIM_MIB = 300;

type Sample = { kind: 'number' | 'call' | 'finish'; tookMs: number };

export async function run({ isQuick, say }: BenchOptions): Promise<BenchResult> {
  const tickets = isQuick ? 500 : 5_000;
  const lengthMs = isQuick ? 6_000 : 60_000;
  const machine = describeMachine(tmpdir());
  const work = await mkdtemp(join(tmpdir(), 'qmc-bench-queue-'));
  const at = (device: string): string => join(work, device);
  const hub = await startDesk({ seat: 'hub', counter: '1', port: 20_000 + (randomBytes(2).readUInt16BE() % 30_000), folder: at('hub') });
  await until(() => hub.desk.view().link.standing === 'leading');
  const kiosks: TestDesk[] = [];
  const counters: TestDesk[] = [];
  for (let nth = 0; nth < CLIENTS; nth++) {
    const isKiosk = nth < KIOSKS;
    const device = await startDesk({ seat: 'member', role: isKiosk ? 'lobby' : 'officer', counter: String(nth + 2), folder: at(`device-${nth}`) });
    await pair(hub, device);
    await until(() => device.desk.view().link.standing === 'following');
    (isKiosk ? kiosks : counters).push(device);
  }
  say(`${CLIENTS} devices paired`);

  const samples: Sample[] = [];
  const numbers = new Set<string>();
  const wrong: string[] = [];
  const called = new Set<string>();
  const measure = async <T>(kind: Sample['kind'], asked: Promise<T>): Promise<T> => {
    const startedMs = performance.now();
    const answer = await asked;
    samples.push({ kind, tookMs: performance.now() - startedMs });
    return answer;
  };
  const memory: number[] = [];
  const watching = setInterval(() => memory.push(process.memoryUsage().rss / 2 ** 20), 500);
  const before = process.memoryUsage().rss / 2 ** 20;
  const startedMs = performance.now();
  let isOver = false;

  const kiosking = kiosks.map(async ({ desk }, which) => {
    const share = Math.ceil(tickets / KIOSKS);
    for (let nth = 0; nth < share; nth++) {
      const dueMs = startedMs + (lengthMs * (nth + which / KIOSKS)) / share;
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, dueMs - performance.now())));
      const issued = await measure('number', desk.issue({ groupId: nth % 2 === 0 ? 'ho-tich' : 'dat-dai', priority: nth % 9 === 0 ? 'elderly' : 'none' }));
      if (!issued.ok) wrong.push(issued.failure.kind);
      else if (numbers.has(issued.value.number)) wrong.push(`${issued.value.number} twice`);
      else numbers.add(issued.value.number);
    }
  });
  const serving = counters.map(async ({ desk }) => {
    for (;;) {
      const next = await measure('call', desk.callNext([]));
      if (!next.ok) wrong.push(next.failure.kind);
      else if (next.value === null) {
        if (isOver) return;
        await new Promise((resolve) => setTimeout(resolve, 50));
      } else {
        if (called.has(next.value.ticketId)) wrong.push(`${next.value.number} called twice`);
        called.add(next.value.ticketId);
        await measure('finish', desk.step('finish', next.value.ticketId));
      }
    }
  });
  await Promise.all(kiosking);
  const issuedMs = performance.now() - startedMs;
  say(`${numbers.size} numbers given`);
  isOver = true;
  await Promise.all(serving);
  const servedMs = performance.now() - startedMs;
  clearInterval(watching);
  const mostMiB = Math.max(before, ...memory);
  for (const device of [...kiosks, ...counters, hub]) await device.kill();
  await rm(work, { recursive: true, force: true });

  const of = (kind: Sample['kind']): number[] => samples.filter((sample) => sample.kind === kind).map(({ tookMs }) => tookMs);
  const row = (title: string, kind: Sample['kind']): string[] => {
    const took = of(kind);
    return [title, figure(took.length), ms(percentile(took, 0.5)), ms(percentile(took, 0.99)), ms(Math.max(...took))];
  };
  const worstP99 = Math.max(...(['number', 'call', 'finish'] as const).map((kind) => percentile(of(kind), 0.99)));
  return {
    tables: [
      {
        title: `${figure(tickets)} numbers within ${figure(lengthMs / 1000)} s, ${KIOSKS} kiosks, ${CLIENTS - KIOSKS} counters`,
        head: ['asked for', 'answers', 'p50', 'p99', 'slowest'],
        rows: [row('a number', 'number'), row('the next citizen', 'call'), row('finish', 'finish')],
      },
      {
        title: 'The process',
        head: ['numbers in', 'all served after', 'memory before', 'memory at most'],
        rows: [[`${figure(issuedMs / 1000)} s`, `${figure(servedMs / 1000)} s`, `${figure(before)} MiB`, `${figure(mostMiB)} MiB`]],
      },
    ],
    goals: [
      {
        goal: 'every number once, every citizen called once',
        measured: `${numbers.size} of ${tickets}, ${wrong.length} wrong`,
        isMet: numbers.size === tickets && called.size === tickets && wrong.length === 0,
      },
      { goal: `answers at p99 ≤ ${P99_AIM_MS} ms`, measured: ms(worstP99), isMet: worstP99 <= P99_AIM_MS },
      {
        goal: `hub and all ${CLIENTS} devices within ${MEMORY_AIM_MIB} MiB more`,
        measured: `${figure(mostMiB - before)} MiB`,
        isMet: mostMiB - before <= MEMORY_AIM_MIB,
      },
    ],
    notes: [
      machineLine(machine),
      `Hub and devices share one process of Node ${machine.node} and one thread: the hub’s own share of time and memory is a fraction of what stands here. TLS on loopback; the hub’s queue log and journal are flushed for every answer, the devices’ logs too.`,
    ],
    raw: { samples, memory, wrong, issuedMs, servedMs },
  };
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 10));
}
