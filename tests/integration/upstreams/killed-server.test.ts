/** kill -9 of the real server with dossiers between effect and delivery: each arrives, once. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PublicJwk } from '../../../server/db/database.ts';
import { startSimulator, type Simulator } from '../../../server/upstreams/simulator/simulator.ts';
import { aDossier } from '../../fixtures/dossiers.ts';
import { buildServer, type RunningProvince, startProvince } from '../../fixtures/province.ts';
import { enrolledDevice, type TestDevice } from '../../fixtures/test-device.ts';

const bundle = resolve(import.meta.dirname, '../../../out/server/main.cjs');
let simulator: Simulator;
let province: RunningProvince;
let device: TestDevice;
let folder: string;

beforeAll(async () => {
  await buildServer();
  simulator = await startSimulator();
  folder = await mkdtemp(join(tmpdir(), 'qmc-settings-'));
  const settings = join(folder, 'province.json');
  const system = { timeoutMs: 60_000, deadlineMs: 1_500 };
  const systems = Object.fromEntries(Object.entries(simulator.settings()).map(([name, where]) => [name, { ...where, ...system }]));
  await writeFile(settings, JSON.stringify({ upstreams: { pollMs: 50, sweepEveryS: 1, systems } }));
  province = await startProvince({ args: ['--settings', settings] });
  const [state] = await province.query<{ signing_key: PublicJwk }>('select signing_key from server_state');
  simulator.trust((state as { signing_key: PublicJwk }).signing_key);
  device = await enrolledDevice(province.url, province.code);
});
afterAll(async () => {
  await province.stop();
  await simulator.stop();
  await rm(folder, { recursive: true, force: true });
});

let count = 0;
async function take(amount: number): Promise<string[]> {
  const dossiers = Array.from({ length: amount }, () => {
    count += 1;
    return aDossier({ dossierId: randomUUID() as never, code: `H36.12-261123-${String(count).padStart(4, '0')}` });
  });
  for (const dossier of dossiers) device.append({ type: 'dossier.accepted', dossier, number: { leaseId: 'x', order: 1 } });
  const answer = await device.push(device.entries.slice(-amount));
  expect(answer.body.results.every(({ status }) => status === 'applied')).toBe(true);
  return dossiers.map(({ code }) => code).sort();
}
const taken = (): string[] =>
  simulator
    .system('igate')
    .effects.map(({ dossierCode }) => dossierCode)
    .sort();
const undelivered = async (): Promise<number> =>
  (await province.query<{ count: number }>(`select count(*)::int as count from upstream_deliveries where state <> 'delivered'`))[0]?.count ?? -1;

describe.runIf(process.platform === 'linux')('a server that is killed', () => {
  it('delivers what it had acknowledged, whenever it was killed', async () => {
    const all: string[] = [];
    for (let round = 0; round < 6; round += 1) {
      all.push(...(await take(10)));
      // Right after the answer, and a little later each time: before, among and after the first deliveries.
      await new Promise((done) => setTimeout(done, round * 30));
      await province.kill();
      await province.restart();
    }
    await expect.poll(undelivered, { timeout: 30_000 }).toBe(0);
    expect(taken()).toEqual(all.sort());
    expect(simulator.system('civil-registry').effects).toHaveLength(60);
    expect(simulator.system('vneid').effects).toHaveLength(60);
  }, 120_000);

  it('leaves no dossier with a delivery that began and never ended', async () => {
    simulator.system('igate').mode = { kind: 'slow', ms: 20_000 };
    const before = simulator.system('igate').requests;
    const codes = await take(3);
    await expect.poll(() => simulator.system('igate').requests).toBe(before + 3);
    await province.kill();
    simulator.system('igate').mode = { kind: 'working' };
    await province.restart();
    await expect.poll(undelivered, { timeout: 30_000 }).toBe(0);
    // The first request had its effect although nobody heard the answer.
    expect(taken().filter((code) => codes.includes(code))).toEqual(codes);
  }, 120_000);

  it('is looked after from the command line beside it', async () => {
    const run = promisify(execFile);
    const lines = (text: string): Array<Record<string, unknown>> =>
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>);
    const beside = (...args: string[]) => run(process.execPath, [bundle, ...args, '--data', province.dataDir]);
    const [code] = await (async () => {
      simulator.system('civil-registry').refuses.set(`H36.12-261123-${String(count + 1).padStart(4, '0')}`, '/applicant/fullName');
      return take(1);
    })();
    const registry = async () => lines((await beside('upstreams')).stdout).find(({ name }) => name === 'civil-registry');
    await expect.poll(registry, { timeout: 20_000 }).toMatchObject({ status: 'working', stopped: 1 });
    simulator.system('civil-registry').refuses.clear();
    expect(lines((await beside('requeue', '--upstream', 'civil-registry')).stdout)).toEqual([{ requeued: 1 }]);
    await expect.poll(undelivered, { timeout: 20_000 }).toBe(0);
    expect(simulator.system('civil-registry').effects.filter(({ dossierCode }) => dossierCode === code)).toHaveLength(1);
    await expect(beside('requeue', '--upstream', 'nobody')).rejects.toMatchObject({ stderr: expect.stringContaining('upstream') as string });
  }, 120_000);
});
