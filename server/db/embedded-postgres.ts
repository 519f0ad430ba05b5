/** Owns the life of the province's own PostgreSQL: made at first use, started, and never left running without its server. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, mkdtemp, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { type Account, canReach, exists, postgresAccount, postgresBinDir, sharedStateDir } from './postgres-binaries.ts';

const run = promisify(execFile);

const DATABASE = 'province';
const START_TIMEOUT_MS = 300_000;
const ORPHAN_TIMEOUT_MS = 15_000;

/**
 * A guard stands between us and PostgreSQL and reads a pipe that we hold: when we die in any way, even by
 * kill -9, the pipe ends and the guard asks for a fast shutdown. It has a session of its own, so Ctrl-C in a
 * terminal reaches only us and the server can drain first.
 */
const GUARD = `
exec 3<&0
"$@" </dev/null 3<&- & child=$!
( cat <&3 >/dev/null; kill -INT $child ) 2>/dev/null & watch=$!
exec 3<&-
trap '' INT TERM HUP
wait $child; code=$?
kill $watch 2>/dev/null
exit $code
`;

export type EmbeddedPostgres = {
  /** Connection URL of the province's database. */
  url: string;
  /** Connection URL of another database of the same cluster. */
  urlOf(database: string): string;
  /** Settles when PostgreSQL ended without being asked; the server cannot go on then. */
  died: Promise<string>;
  /** Ends connections, writes a checkpoint and stops; resolves when the process is gone. */
  stop(): Promise<void>;
};

type Cluster = { dir: string; password: string; account: Account; bin: string };

const urlFor = (cluster: Cluster, port: number, database: string): string => `postgresql://postgres:${cluster.password}@127.0.0.1:${port}/${database}`;

/** Kept for as long as the data folder lives; readable by its owner only. */
async function keptSecret(path: string, bytes: number): Promise<string> {
  const kept = await readFile(path, 'utf8').catch(() => '');
  if (kept !== '') return kept;
  const fresh = randomBytes(bytes).toString('hex');
  await writeFile(path, fresh, { mode: 0o600, flag: 'wx' });
  return fresh;
}

async function clusterOf(dataDir: string): Promise<Cluster> {
  const account = await postgresAccount();
  await mkdir(dirname(dataDir), { recursive: true });
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  if (account !== undefined) await chmod(dataDir, 0o711);
  const password = await keptSecret(join(dataDir, 'postgres-password'), 24);
  let dir = join(dataDir, 'postgres');
  if (!(await canReach(dataDir, account))) {
    // The cluster's own name, not the folder's path, ties them: a data folder made anew gets a cluster made anew.
    const clusters = join(sharedStateDir(), 'clusters');
    await mkdir(clusters, { recursive: true });
    for (const path of [sharedStateDir(), clusters]) await chmod(path, 0o755);
    dir = join(clusters, await keptSecret(join(dataDir, 'postgres-cluster'), 8));
  }
  return { dir, password, account, bin: await postgresBinDir(account) };
}

const as = (account: Account): { uid?: number; gid?: number; cwd: string } => ({ ...account, cwd: '/' });

async function initialise(cluster: Cluster): Promise<void> {
  if (await exists(join(cluster.dir, 'PG_VERSION'))) return;
  // A first start that was cut leaves half a cluster; without PG_VERSION it holds nothing.
  await rm(cluster.dir, { recursive: true, force: true });
  await mkdir(cluster.dir, { mode: 0o700 });
  const scratch = await mkdtemp(join(tmpdir(), 'qmc-initdb-'));
  const passwordFile = join(scratch, 'password');
  try {
    await writeFile(passwordFile, cluster.password, { mode: 0o600 });
    if (cluster.account !== undefined) {
      for (const path of [cluster.dir, scratch, passwordFile]) await chown(path, cluster.account.uid, cluster.account.gid);
    }
    await run(
      join(cluster.bin, 'initdb'),
      [
        '-D',
        cluster.dir,
        '-U',
        'postgres',
        '-A',
        'scram-sha-256',
        `--pwfile=${passwordFile}`,
        '-E',
        'UTF8',
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
      ],
      { ...as(cluster.account), env: { ...process.env, LC_ALL: 'C' } },
    );
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

type Postmaster = { pid: number; port: number };

/** What `postmaster.pid` claims; undefined when the file is missing or the process behind it is not this cluster's. */
async function postmasterOf(cluster: Cluster): Promise<Postmaster | undefined> {
  const file = join(cluster.dir, 'postmaster.pid');
  const lines = (await readFile(file, 'utf8').catch(() => '')).split('\n');
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  if (process.platform === 'linux') {
    // After a power cut another program may have been given the old number; PostgreSQL always works in its cluster's folder.
    const folder = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
    if (folder !== cluster.dir) {
      await rm(file, { force: true });
      return undefined;
    }
  } else {
    try {
      process.kill(pid, 0);
    } catch {
      return undefined;
    }
  }
  return { pid, port: Number(lines[3]) };
}

/** Marks a connection as that of a living server, see clearOrphan. */
const SERVER_NAME = 'qmc-province';

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** A postmaster without its server (its guard was killed too) is stopped; one that a living server uses is left alone. */
async function clearOrphan(cluster: Cluster): Promise<void> {
  const deadline = Date.now() + ORPHAN_TIMEOUT_MS;
  for (;;) {
    const postmaster = await postmasterOf(cluster);
    if (postmaster === undefined) return;
    const users = await withClient(urlFor(cluster, postmaster.port, 'postgres'), async (client) => {
      const answer = await client.query<{ users: string }>(`select count(*) as users from pg_stat_activity where application_name = '${SERVER_NAME}'`);
      return Number(answer.rows[0]?.users);
    }).catch(() => undefined);
    if (users === 0) {
      await run(join(cluster.bin, 'pg_ctl'), ['stop', '-D', cluster.dir, '-m', 'fast', '-w'], as(cluster.account)).catch(() => undefined);
    }
    if (Date.now() > deadline) throw new Error(`the data folder is in use by another provincial server (PostgreSQL ${cluster.dir}, process ${postmaster.pid})`);
    await sleep(200);
  }
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });

function launch(cluster: Cluster, port: number, settings: Record<string, string>): ChildProcess {
  const postgres = join(cluster.bin, 'postgres');
  const options = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    // PostgreSQL's own log must not repeat what citizens told us.
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_statement: 'none',
    ...settings,
  };
  const args = ['-D', cluster.dir, ...Object.entries(options).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  const common = { ...as(cluster.account), env: { ...process.env, LC_ALL: 'C' }, stdio: ['pipe', 'ignore', 'pipe'] as ['pipe', 'ignore', 'pipe'] };
  return process.platform === 'win32'
    ? spawn(postgres, args, common)
    : spawn('/bin/sh', ['-c', GUARD, 'guard', postgres, ...args], { ...common, detached: true });
}

async function startOnce(cluster: Cluster, settings: Record<string, string>): Promise<EmbeddedPostgres> {
  const port = await freePort();
  const child = launch(cluster, port, settings);
  let tail = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    tail = (tail + chunk.toString('utf8')).slice(-4_000);
  });
  child.stdin?.on('error', () => undefined);
  let stopping = false;
  let gone = false;
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(`PostgreSQL ended (${signal ?? code})\n${tail}`));
  }).then((reason) => {
    gone = true;
    child.stdin?.destroy();
    return reason;
  });

  const stop = async (): Promise<void> => {
    stopping = true;
    if (process.platform === 'win32') await run(join(cluster.bin, 'pg_ctl'), ['stop', '-D', cluster.dir, '-m', 'fast', '-w']).catch(() => undefined);
    else child.stdin?.end();
    await ended;
  };

  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    if (gone) throw new Error(await ended);
    const ready = await withClient(urlFor(cluster, port, 'postgres'), async (client) => {
      const found = await client.query('select 1 from pg_database where datname = $1', [DATABASE]);
      if (found.rowCount === 0) await client.query(`create database ${DATABASE}`);
      return true;
    }).catch(() => false);
    if (ready) break;
    if (Date.now() > deadline) {
      await stop();
      throw new Error(`PostgreSQL did not become ready\n${tail}`);
    }
    await sleep(40);
  }

  const holder = new pg.Client({ connectionString: urlFor(cluster, port, 'postgres'), application_name: SERVER_NAME });
  holder.on('error', () => undefined);
  await holder.connect();

  const died = new Promise<string>((resolve) => {
    void ended.then((reason) => {
      if (!stopping) resolve(reason);
    });
  });
  return { url: urlFor(cluster, port, DATABASE), urlOf: (database) => urlFor(cluster, port, database), died, stop };
}

/**
 * Starts the PostgreSQL that lives in `dataDir`; makes it at the first start. Survives an unclean end (stale
 * `postmaster.pid`, an orphaned postmaster). `settings` are passed as `-c name=value`.
 * Throws when another living server uses the folder.
 */
export async function startEmbeddedPostgres(dataDir: string, settings: Record<string, string> = {}): Promise<EmbeddedPostgres> {
  const cluster = await clusterOf(resolve(dataDir));
  await initialise(cluster);
  await clearOrphan(cluster);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOnce(cluster, settings);
    } catch (error) {
      // Between choosing a free port and binding it another program may take it.
      if (attempt === 3 || !/Address already in use|could not create any TCP\/IP sockets/u.test(String(error))) throw error;
    }
  }
}

/** The URL of the PostgreSQL that a living server runs in `dataDir`, for command-line tools; undefined when none runs. */
export async function runningPostgresUrl(dataDir: string): Promise<string | undefined> {
  if (!(await exists(join(dataDir, 'postgres-password')))) return undefined;
  const cluster = await clusterOf(resolve(dataDir));
  const postmaster = await postmasterOf(cluster);
  if (postmaster === undefined) return undefined;
  const url = urlFor(cluster, postmaster.port, DATABASE);
  return withClient(url, async () => url).catch(() => undefined);
}
