import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../../../server/db/database.ts';
import { createEnrolmentCode } from '../../../server/devices/enrolment.ts';
import { postgresForAll } from '../../fixtures/postgres.ts';
import { buildServer } from '../../fixtures/province.ts';
import { pngPage } from '../../fixtures/scans.ts';
import { startServerProcess, type ServerProcess } from '../../fixtures/server-process.ts';
import { openShellDevice, type ShellDevice } from '../../fixtures/shell-device.ts';

const run = promisify(execFile);

const postgres = postgresForAll();
let databaseUrl: string;
let dataDir: string;
let server: ServerProcess;
let device: ShellDevice;

beforeAll(async () => {
  await buildServer();
  databaseUrl = await postgres.createDatabase();
  dataDir = await mkdtemp(join(tmpdir(), 'qmc-restored-'));
  server = await startServerProcess({ databaseUrl, dataDir });
  const db = openDatabase(databaseUrl, () => undefined);
  const code = await createEnrolmentCode(db, { officeId: 'nguyen-hue', agencyCode: 'H36.12' }, Date.now(), 86_400_000);
  await db.destroy();
  device = await openShellDevice({ url: server.url, code });
});
afterAll(async () => {
  await device.remove();
  await server.end();
  await rm(dataDir, { recursive: true, force: true });
});

async function rowsOf<Row extends object>(sql: string, url = databaseUrl): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

const majorOf = (text: string): number => Number(/(\d+)/u.exec(text)?.[1] ?? 0);

/** A dump that `pg_dump` of the server's own version made while the server worked; without one, a copy made by PostgreSQL itself while it rested. */
async function canDump(): Promise<boolean> {
  const tool = await run('pg_dump', ['--version']).then(
    ({ stdout }) => majorOf(stdout),
    () => 0,
  );
  const [row] = await rowsOf<{ server_version: string }>('show server_version');
  return tool >= majorOf(row?.server_version ?? '');
}

const contentOf = async (): Promise<unknown> =>
  rowsOf(`select (select count(*)::int from dossiers) as dossiers, (select count(distinct dossier_id)::int from dossiers) as distinct_dossiers,
    (select count(*)::int from operations) as operations, (select count(*)::int from journal_entries) as entries,
    (select count(*)::int from journal where operation is not null) as readable,
    (select count(*)::int from dossier_scans s join scan_offices v using (sha256)) as verified`);

describe('a province restored from its backup', () => {
  it('gets back from the devices all that the backup lacks, once', async () => {
    for (let index = 0; index < 4; index += 1) await device.accept([pngPage(index)]);
    await device.deliver();

    // The backup: the database first, then the folder, whose files are named by their content and never change.
    const url = new URL(databaseUrl);
    const copyUrl = new URL(databaseUrl);
    copyUrl.pathname = `${url.pathname}_backup`;
    const [name, copy] = [url.pathname.slice(1), copyUrl.pathname.slice(1)];
    const adminUrl = new URL(databaseUrl);
    adminUrl.pathname = '/postgres';
    const isDumped = await canDump();
    const dump = join(dataDir, 'province.dump');
    const port = new URL(server.url).port;
    if (isDumped) {
      await run('pg_dump', ['--format=custom', `--file=${dump}`, databaseUrl]);
    } else {
      await server.end();
      await rowsOf(`create database ${copy} template ${name}`, adminUrl.href);
      server = await startServerProcess({ databaseUrl, dataDir, args: ['--port', port] });
    }
    const folderCopy = await mkdtemp(join(tmpdir(), 'qmc-scans-backup-'));
    await cp(join(dataDir, 'scans'), folderCopy, { recursive: true });

    for (let index = 4; index < 9; index += 1) await device.accept([pngPage(index)]);
    await device.deliver();
    const whole = await contentOf();

    // The disaster, and the way back.
    await server.end('SIGKILL');
    await rowsOf(`drop database ${name} with (force)`, adminUrl.href);
    if (isDumped) {
      await rowsOf(`create database ${name}`, adminUrl.href);
      await run('pg_restore', ['--exit-on-error', '--no-owner', `--dbname=${databaseUrl}`, dump]);
    } else {
      await rowsOf(`create database ${name} template ${copy}`, adminUrl.href);
      await rowsOf(`drop database ${copy}`, adminUrl.href);
    }
    await rm(join(dataDir, 'scans'), { recursive: true, force: true });
    await cp(folderCopy, join(dataDir, 'scans'), { recursive: true });
    await rm(folderCopy, { recursive: true, force: true });
    expect(await rowsOf('select count(*)::int as dossiers from dossiers')).toEqual([{ dossiers: 4 }]);
    server = await startServerProcess({ databaseUrl, dataDir, args: ['--port', port] });

    await expect
      .poll(async () => {
        device.sync.wake();
        return contentOf();
      })
      .toEqual(whole);
    await device.accept([pngPage(9)]);
    await device.deliver();
    await expect.poll(contentOf).toEqual([{ dossiers: 10, distinct_dossiers: 10, operations: 12, entries: 12, readable: 12, verified: 10 }]);
    expect(whole).toEqual([{ dossiers: 9, distinct_dossiers: 9, operations: 11, entries: 11, readable: 11, verified: 9 }]);
    for (let index = 0; index < 10; index += 1) {
      const put = await device.scans.put(pngPage(index));
      if (!put.ok) throw new Error(put.failure.kind);
      expect((await device.archive.scan(put.value.sha256)).ok).toBe(true);
    }
  }, 120_000);
});
