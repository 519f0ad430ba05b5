/** The hub under a day of 5,000 numbers in a minute: twenty devices in a process of their own on real sockets, every event durable before it is answered. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBoardServer, type BoardServer } from '../../electron/queue/board-server.ts';
import { freePort } from '../fixtures/free-port.ts';
import { startDesk } from '../integration/queue/queue-desk.ts';
import type { DevicesReport, FromDevices, Sample, ToDevices } from './queue/devices.ts';
import { describeMachine, figure, machineLine, ms, percentile, type BenchOptions, type BenchResult } from './result.ts';

export const name = 'queue';

const DEVICES = { kiosks: 5, counters: 15 };
const CLIENTS = DEVICES.kiosks + DEVICES.counters;
const P99_AIM_MS = 250;
const BOARD_AIM_MS = 500;
const MEMORY_AIM_MIB = 150;

export async function run({ isQuick, say }: BenchOptions): Promise<BenchResult> {
  const tickets = isQuick ? 500 : 5_000;
  const lengthMs = isQuick ? 6_000 : 60_000;
  const machine = describeMachine(tmpdir());
  const work = await mkdtemp(join(tmpdir(), 'qmc-bench-queue-'));
  const televisions: BoardServer[] = [];
  const hub = await startDesk({
    seat: 'hub',
    counter: '1',
    port: await freePort(),
    folder: join(work, 'hub'),
    // As electron/counter.ts tells its window and its televisions.
    onChange({ view, board }) {
      const shown = board(view());
      televisions.forEach((one) => one.tell(shown));
    },
  });
  while (hub.desk.view().link.standing !== 'leading') await new Promise((resolve) => setTimeout(resolve, 10));
  const television = await startBoardServer({ port: 0, page: { html: '', files: {} }, board: hub.desk.board });
  televisions.push(television);

  const devices = fork(join(import.meta.dirname, 'queue/devices.mjs'), { stdio: 'inherit' });
  const tell = (message: ToDevices): void => void devices.send(message);
  let [before, cpuBefore] = [0, process.cpuUsage()];
  const memory: number[] = [];
  const watching = setInterval(() => memory.push(process.memoryUsage().rss / 2 ** 20), 500);
  const report = await new Promise<DevicesReport>((done, failed) => {
    devices.once('exit', () => failed(new Error('the devices ended')));
    devices.on('message', (message: FromDevices) => {
      if (message.t === 'ready') tell({ t: 'start', work, ...DEVICES, tickets, lengthMs, boardPort: television.port });
      if (message.t === 'code') {
        void hub.desk.office.offerPairing().then((offer) => offer.ok && tell({ t: 'code', code: offer.value.code, port: hub.port }));
      }
      if (message.t === 'paired') {
        say(`${CLIENTS} devices paired`);
        [before, cpuBefore] = [process.memoryUsage().rss / 2 ** 20, process.cpuUsage()];
        memory.length = 0;
      }
      if (message.t === 'done') done(message.report);
    });
  });
  const cpu = process.cpuUsage(cpuBefore);
  clearInterval(watching);
  const mostMiB = Math.max(before, ...memory);
  devices.removeAllListeners('exit');
  const ended = once(devices, 'exit');
  tell({ t: 'end' });
  await ended;
  await television.stop();
  await hub.kill();
  await rm(work, { recursive: true, force: true });

  const { samples, wrong, numbers, called, boardMs, issuedMs, servedMs } = report;
  const of = (kind: Sample['kind']): number[] => samples.filter((sample) => sample.kind === kind).map(({ tookMs }) => tookMs);
  const row = (title: string, took: number[]): string[] => [
    title,
    figure(took.length),
    ms(percentile(took, 0.5)),
    ms(percentile(took, 0.99)),
    ms(Math.max(...took)),
  ];
  const worstP99 = Math.max(...(['number', 'call', 'finish'] as const).map((kind) => percentile(of(kind), 0.99)));
  // The board has room for 24 calls: in a second in which the machine stood still, more may be made before it is told.
  const unseen = called - boardMs.length;
  const boardP99 = percentile([...boardMs, ...Array<number>(unseen).fill(Infinity)], 0.99);
  const isEachOnce = numbers === tickets && called === tickets && wrong.length === 0;
  return {
    tables: [
      {
        title: `${figure(tickets)} numbers within ${figure(lengthMs / 1000)} s, ${DEVICES.kiosks} kiosks, ${DEVICES.counters} counters`,
        head: ['asked for', 'answers', 'p50', 'p99', 'slowest'],
        rows: [row('a number', of('number')), row('the next citizen', of('call')), row('finish', of('finish')), row('called → on the board', boardMs)],
      },
      {
        title: 'The hub’s process',
        head: ['numbers in', 'all served after', 'memory before', 'memory at most', 'at the end', 'of one core', 'the devices’'],
        rows: [
          [
            `${figure(issuedMs / 1000)} s`,
            `${figure(servedMs / 1000)} s`,
            `${figure(before)} MiB`,
            `${figure(mostMiB)} MiB`,
            `${figure(memory.at(-1) ?? before)} MiB`,
            `${figure(((cpu.user + cpu.system) / 1000 / servedMs) * 100)} %`,
            `${figure((report.cpuMs / servedMs) * 100)} %`,
          ],
        ],
      },
    ],
    goals: [
      { goal: 'every number once, every citizen called once', measured: `${numbers} of ${tickets}, ${wrong.length} wrong`, isMet: isEachOnce },
      { goal: `answers at p99 ≤ ${P99_AIM_MS} ms`, measured: ms(worstP99), isMet: worstP99 <= P99_AIM_MS },
      { goal: `on the board at p99 ≤ ${BOARD_AIM_MS} ms`, measured: `${ms(boardP99)}, ${unseen} never`, isMet: boardP99 <= BOARD_AIM_MS },
      { goal: `the hub within ${MEMORY_AIM_MIB} MiB more`, measured: `${figure(mostMiB - before)} MiB`, isMet: mostMiB - before <= MEMORY_AIM_MIB },
    ],
    notes: [
      machineLine(machine),
      `The hub is one process of Node ${machine.node} with one thread, its ${CLIENTS} devices and the television another, so that each device’s share of a core is a fortieth of this machine. TLS on loopback; the hub’s queue log and journal are flushed for every answer, the devices’ logs too.`,
    ],
    raw: { ...report, memory, cpu },
  };
}
