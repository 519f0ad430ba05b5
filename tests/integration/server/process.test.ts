import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, readlink, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { paths } from '../../../shared/sync/protocol.ts';
import { accepted } from '../../fixtures/dossiers.ts';
import { buildServer, type RunningProvince, startProvince } from '../../fixtures/province.ts';
import { enrolledDevice, send, TestDevice } from '../../fixtures/test-device.ts';

const run = promisify(execFile);
const bundle = resolve(import.meta.dirname, '../../../out/server/main.cjs');

let province: RunningProvince;

beforeAll(async () => {
  await buildServer();
  province = await startProvince();
});
afterAll(() => province.stop());

/** Processes that work in a folder: PostgreSQL always works in its cluster's. */
async function processesIn(dir: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/u.test(name));
  const folders = await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/cwd`).catch(() => '')));
  return pids.filter((_, index) => folders[index] === dir).map(Number);
}

describe.runIf(process.platform === 'linux')('the server as a process', () => {
  it('says where it is and keeps its secrets to itself', async () => {
    expect((await send(province.url, paths.ready, { method: 'GET' })).status).toBe(200);
    expect((await stat(join(province.dataDir, 'postgres-password'))).mode & 0o777).toBe(0o600);
    const commandLines = await Promise.all(
      (await processesIn(join(province.dataDir, 'postgres'))).map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
    );
    expect(commandLines.join()).not.toContain(await readFile(join(province.dataDir, 'postgres-password'), 'utf8'));
  });

  it('keeps what it acknowledged through kill -9, ten times, and never leaves a PostgreSQL behind', async () => {
    const device = await enrolledDevice(province.url, province.code);
    let acknowledged = 0;
    for (let round = 0; round < 10; round += 1) {
      for (let index = 0; index < 40; index += 1) device.append(accepted());
      const pushing = device.push(device.entries.slice(acknowledged)).catch(() => undefined);
      const waitMs = round * 8;
      await new Promise((done) => setTimeout(done, waitMs));
      await province.kill();
      const answer = await pushing;
      if (answer?.status === 200) acknowledged = answer.body.head.seq;
      await expect.poll(async () => processesIn(join(province.dataDir, 'postgres')), { timeout: 15_000 }).toEqual([]);
      await province.restart();
      const { head } = await device.status();
      expect(head.seq).toBeGreaterThanOrEqual(acknowledged);
      acknowledged = head.seq;
      const [counted] = await province.query<{ dossiers: number; entries: number }>(
        'select (select count(*)::int from dossiers) as dossiers, (select count(*)::int from journal_entries) as entries',
      );
      expect(counted).toEqual({ dossiers: head.seq, entries: head.seq });
    }
    expect((await device.push(device.entries.slice(acknowledged))).body.head.seq).toBe(400);
  }, 120_000);

  it('knows its key and its devices after a restart', async () => {
    const device = await enrolledDevice(province.url, province.code);
    await province.restart();
    expect((await device.status()).epoch).toBe(1);
    const again = new TestDevice(province.url);
    expect((await again.enrol(province.code)).body.serverKey).toEqual(device.enrolment?.serverKey);
  });

  it('starts beside a PostgreSQL that lost its server and its guard', async () => {
    const cluster = join(province.dataDir, 'postgres');
    const postmaster = Number((await readFile(join(cluster, 'postmaster.pid'), 'utf8')).split('\n')[0]);
    const guard = Number((await readFile(`/proc/${postmaster}/stat`, 'utf8')).split(') ')[1]?.split(' ')[1]);
    const watchers = (await run('ps', ['-o', 'pid=', '--ppid', String(guard)])).stdout
      .split('\n')
      .map(Number)
      .filter((pid) => pid > 0 && pid !== postmaster);
    for (const pid of [...watchers, guard]) process.kill(pid, 'SIGKILL');
    await province.kill();
    expect(await processesIn(cluster)).toContain(postmaster);
    await province.restart();
    expect(await processesIn(cluster)).not.toContain(postmaster);
    expect((await send(province.url, paths.ready, { method: 'GET' })).status).toBe(200);
  });

  it('refuses a data folder that another server uses, which goes on', async () => {
    const second = await run(process.execPath, [bundle, '--port', '0', '--data', province.dataDir], { timeout: 50_000 }).catch(
      (error: { code: number; stderr: string }) => error,
    );
    expect(second).toMatchObject({ code: 1, stderr: expect.stringContaining('in use') as string });
    expect((await send(province.url, paths.ready, { method: 'GET' })).status).toBe(200);
  });

  it('stops with the program that started it', async () => {
    const data = await mkdtemp(join(tmpdir(), 'qmc-parent-'));
    const child = spawn(process.execPath, [bundle, '--port', '0', '--data', data, '--exit-with-parent', '--log-level', 'silent'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    await new Promise((ready) => child.stdout.once('data', ready));
    const exit = new Promise((done) => child.once('exit', done));
    child.stdin.end();
    expect(await exit).toBe(0);
    expect(await processesIn(join(data, 'postgres'))).toEqual([]);
    await rm(data, { recursive: true, force: true });
  });

  it('gives enrolment codes beside a running server, which takes them', async () => {
    const { stdout } = await run(process.execPath, [bundle, 'enrolment-code', '--office', 'bac-ha', '--agency', 'H40.02', '--data', province.dataDir]);
    expect(stdout).toMatch(/^[0-9A-Z]{5}-[0-9A-Z]{5}\n$/u);
    expect((await enrolledDevice(province.url, stdout.trim())).enrolment).toMatchObject({ officeId: 'bac-ha', agencyCode: 'H40.02', instance: 1 });
    await expect(run(process.execPath, [bundle, 'enrolment-code', '--office', 'bac-ha', '--agency', 'H99', '--data', province.dataDir])).rejects.toMatchObject({
      stderr: expect.stringContaining('belongs to agency H40.02') as string,
    });
  });

  it('says what is wrong with its options', async () => {
    await expect(run(process.execPath, [bundle, '--port', 'x'])).rejects.toMatchObject({ code: 1, stderr: expect.stringMatching(/^port/u) as string });
  });
});
