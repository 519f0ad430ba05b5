/** Boot order of the provincial server, and nothing else. */
import './runtime-polyfills.ts';
import { readFile, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { deferred } from '../shared/lib/deferred.ts';
import { RECEIPT_EXTENSION } from '../shared/takeaway/file-format.ts';
import { type Command, parseCommand, usage } from './command-line.ts';
import { type Database, openDatabase } from './db/database.ts';
import { archiveMonth } from './journal/month-keeper.ts';
import { monthTables, putBackMonth } from './db/month-store.ts';
import { runningPostgresUrl, startEmbeddedPostgres } from './db/embedded-postgres.ts';
import { migrate } from './db/migrate.ts';
import { provinceState, publicPart } from './db/province-store.ts';
import { findDevice, revokeAndDestroy, revokeDevice } from './devices/device-store.ts';
import { currentEpoch, raiseEpoch } from './devices/epoch-store.ts';
import { createEnrolmentCode } from './devices/enrolment.ts';
import { createProvince } from './http.ts';
import { importFile } from './import.ts';
import { listenForMetrics } from './metrics/listener.ts';
import { onParentGone, parentPort } from './parent.ts';
import { loggableError } from './problem.ts';
import { monitoringCsv } from '../shared/reconciliation/monitoring.ts';
import { monitoringOf } from './reconciliation/monitoring.ts';
import { readCredentials } from './scans/bucket-settings.ts';
import { connectBucket } from './scans/s3-bucket.ts';
import { copyToBucket } from './scans/copy-to-bucket.ts';
import type { ScanPlace } from './scans/scan-place.ts';
import { type ProvinceSettings, readSettings } from './settings.ts';
import { allPublications } from './publications/publication-store.ts';
import { NotPublished, publish } from './publications/publish.ts';
import { changeSupervisor } from './supervisor/accounts.ts';
import { TakeawayRefused } from './takeaway/open-file.ts';
import { countOpen } from './upstreams/delivery-store.ts';
import { allHealth } from './upstreams/health-store.ts';
import { requeueStopped } from './upstreams/requeue.ts';
import { upstreamSettingsSchema } from './upstreams/settings.ts';
import { startSimulator } from './upstreams/simulator/simulator.ts';
import { DAY_MS } from '../shared/lib/time.ts';

/** Requests under way get this long to end before their connections are cut. */
const DRAIN_MS = 10_000;

type Log = pino.Logger;

async function openPostgres(command: Command): Promise<{ url: string; died: Promise<string>; stop(): Promise<void> }> {
  const given = command['database-url'];
  if (given !== undefined) return { url: given, died: new Promise(() => undefined), stop: async () => undefined };
  return startEmbeddedPostgres(command.data);
}

/** The bucket that the settings name, or the folder of `--data`. */
async function scanPlace({ scans }: ProvinceSettings, command: Command): Promise<ScanPlace> {
  if (scans === undefined) return { dir: scansDir(command) };
  return { bucket: scans.s3, credentials: await readCredentials(scans.s3, process.env) };
}

const scansDir = ({ data }: Command): string => join(data, 'scans');

/** Throws when a file cannot be read; a wrong one stops the start in `createProvince`. */
async function readTls({ 'tls-cert': cert, 'tls-key': key }: Command): Promise<{ cert: Buffer; key: Buffer } | undefined> {
  return cert === undefined || key === undefined ? undefined : { cert: await readFile(cert), key: await readFile(key) };
}

async function serve(command: Command, log: Log): Promise<void> {
  const { promise: stopReason, resolve: stopRequested } = deferred<string>();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopRequested(signal));
  if (command['exit-with-parent']) onParentGone(() => stopRequested('parent gone'));

  const simulator = command['simulate-upstreams'] ? await startSimulator() : undefined;
  const settings = await readSettings(command.settings);
  const scans = await scanPlace(settings, command);
  const upstreams = simulator === undefined ? settings.upstreams : upstreamSettingsSchema.parse({ systems: simulator.settings() });
  const postgres = await openPostgres(command);
  let failed = false;
  try {
    const db = openDatabase(postgres.url, (error) => log.warn({ failure: loggableError(error) }, 'a database connection broke'));
    const lease = { size: command['lease-size'], days: command['lease-days'] };
    const tls = await readTls(command);
    const app = await createProvince({
      db,
      tls,
      scans,
      clock: Date.now,
      log,
      lease,
      upstreams,
      trustProxy: command['trust-proxy'],
      pageDir: join(__dirname, '../supervisor'),
    });
    simulator?.trust(publicPart((await provinceState(db)).signingKey));
    const { 'demo-code': demoCode, office, agency } = command;
    if (demoCode !== undefined && office !== undefined && agency !== undefined) {
      await createEnrolmentCode(db, { officeId: office, agencyCode: agency }, Date.now(), 365 * DAY_MS, { given: demoCode });
    }
    const { 'metrics-port': metricsPort, 'metrics-host': metricsHost } = command;
    const listener = metricsPort === undefined ? undefined : await listenForMetrics(app.metrics, { host: metricsHost, port: metricsPort });
    const url = await app.listen({ host: command.host, port: command.port });

    const port = parentPort();
    if (port !== undefined) port.postMessage({ type: 'ready', url, enrolmentCode: demoCode });
    else process.stdout.write(`${JSON.stringify({ ready: true, url, enrolmentCode: demoCode, metrics: listener?.url })}\n`);

    const reason = await Promise.race([
      stopReason,
      postgres.died.then(() => {
        failed = true;
        return 'PostgreSQL ended';
      }),
    ]);
    log.info({ reason }, 'stopping');
    const cut = setTimeout(() => app.server.closeAllConnections(), DRAIN_MS);
    await app.close();
    clearTimeout(cut);
    await listener?.stop();
    await db.destroy();
  } finally {
    await simulator?.stop();
    await postgres.stop();
  }
  process.exit(failed ? 1 : 0);
}

/** The province's database, whether its server runs or not. */
async function withDatabase(command: Command, work: (db: Database) => Promise<void>): Promise<void> {
  const running = command['database-url'] ?? (await runningPostgresUrl(command.data));
  const postgres = running === undefined ? await startEmbeddedPostgres(command.data) : undefined;
  const db = openDatabase(running ?? (postgres as { url: string }).url, () => undefined);
  try {
    await migrate(db);
    await work(db);
  } finally {
    await db.destroy();
    await postgres?.stop();
  }
}

async function printEnrolmentCode(command: Command): Promise<void> {
  const { office, agency } = command;
  if (office === undefined || agency === undefined) throw new Error('--office and --agency are needed with a code');
  await withDatabase(command, async (db) => {
    const code = await createEnrolmentCode(db, { officeId: office, agencyCode: agency }, Date.now(), command.days * DAY_MS, { replaces: command.replaces });
    process.stdout.write(`${code}\n`);
  });
}

async function printUpstreams(command: Command): Promise<void> {
  await withDatabase(command, async (db) => {
    const [health, counts] = await Promise.all([allHealth(db), countOpen(db)]);
    for (const [name, { status, sinceMs, latencyMs }] of health) {
      const { waiting = 0, stopped = 0 } = counts.find(({ upstream }) => upstream === name) ?? {};
      process.stdout.write(`${JSON.stringify({ name, status, since: new Date(sinceMs).toISOString(), latencyMs, waiting, stopped })}\n`);
    }
  });
}

async function requeue(command: Command): Promise<void> {
  const { upstream, dossier } = command;
  if (upstream === undefined) throw new Error('requeue needs --upstream');
  await withDatabase(command, async (db) => {
    process.stdout.write(`${JSON.stringify({ requeued: await requeueStopped(db, upstream, dossier, Date.now()) })}\n`);
  });
}

async function simulateUpstreams({ port }: Command): Promise<void> {
  const simulator = await startSimulator({ port });
  // The text for the file that --settings names.
  process.stdout.write(`${JSON.stringify({ upstreams: { systems: simulator.settings() } })}\n`);
}

async function takeIn(command: Command, log: Log): Promise<void> {
  const file = command.file as string;
  const receiptFile = command.receipt ?? `${file}.${RECEIPT_EXTENSION}`;
  const scans = await scanPlace(await readSettings(command.settings), command);
  await withDatabase(command, async (db) => {
    const { receipt, signed } = await importFile({ db, scans, clock: Date.now, log }, file).catch((error: unknown) => {
      if (error instanceof TakeawayRefused) throw new Error(`refused, nothing was changed: ${error.kind}`, { cause: error });
      throw error;
    });
    await writeFile(receiptFile, signed);
    const count = (status: string): number => receipt.journal.results.filter((result) => result.status === status).length;
    const facts = {
      applied: count('applied'),
      duplicates: count('duplicate'),
      rejected: count('rejected'),
      confirmedDossiers: receipt.status.dossiers.filter(({ confirmed }) => confirmed).length,
      refusedScans: Object.keys(receipt.refusedScans).length,
      receipt: receiptFile,
    };
    process.stdout.write(`${JSON.stringify(facts)}\n`);
  });
}

async function copyScans(command: Command, log: Log): Promise<void> {
  const { scans } = await readSettings(command.settings);
  if (scans === undefined) throw new Error(`${command.settings}: scans.s3 is missing: where to is not said`);
  const bucket = connectBucket(scans.s3, await readCredentials(scans.s3, process.env));
  await withDatabase(command, async (db) => {
    const copied = await copyToBucket(db, scansDir(command), bucket, (progress) => log.info(progress, 'scans copied so far'));
    process.stdout.write(`${JSON.stringify(copied)}\n`);
    if (copied.damaged.length + copied.missing.length > 0) process.exitCode = 1;
  });
}

/** Of the machine's users; a container may know none. */
function accountName(): string | null {
  try {
    return userInfo().username;
  } catch {
    return null;
  }
}

async function publishFile(command: Command): Promise<void> {
  const file = command.file as string;
  const text = await readFile(file, 'utf8');
  await withDatabase(command, async (db) => {
    const published = await publish(db, command.kind as NonNullable<Command['kind']>, text, Date.now(), accountName()).catch((error: unknown) => {
      if (error instanceof NotPublished) throw new Error(`${file}: not published, nothing was changed\n${error.message}`, { cause: error });
      throw error;
    });
    for (const one of published) process.stdout.write(`${JSON.stringify(one)}\n`);
  });
}

async function printPublications(command: Command): Promise<void> {
  await withDatabase(command, async (db) => {
    for (const one of await allPublications(db)) process.stdout.write(`${JSON.stringify(one)}\n`);
  });
}

async function printMonitoring(command: Command): Promise<void> {
  const { from, to, office: officeId, 'as-of': asOf } = command;
  if (from === undefined || to === undefined) throw new Error('--from and --to are needed');
  const period = { from, to, asOfMs: asOf === undefined ? Date.now() : Date.parse(asOf), ...(officeId === undefined ? {} : { officeId }) };
  await withDatabase(command, async (db) => {
    const rows = await monitoringOf(db, period);
    const text = command.format === 'json' ? `${JSON.stringify({ ...period, rows })}\n` : monitoringCsv(period, rows);
    // A pipe takes what is written only bit by bit, and the process ends right after.
    await new Promise<void>((done) => process.stdout.write(text, () => done()));
  });
}

async function administerMonths({ detach, attach, ...command }: Command): Promise<void> {
  await withDatabase(command, async (db) => {
    if (detach !== undefined) await archiveMonth(db, `${detach}-01`, Date.now());
    if (attach !== undefined) await putBackMonth(db, `${attach}-01`);
    for (const { month, isHeld, entries, bytes } of await monthTables(db))
      process.stdout.write(`${JSON.stringify({ month: month?.slice(0, 7) ?? 'other', attached: isHeld, entries, bytes })}\n`);
  });
}

async function administerSupervisor({ action, name, ...command }: Command): Promise<void> {
  await withDatabase(command, async (db) => {
    const password = await changeSupervisor(db, action as NonNullable<typeof action>, name as string, Date.now());
    if (password !== undefined) process.stdout.write(`${password}\n`);
  });
}

async function main(): Promise<void> {
  const command = parseCommand(process.argv.slice(2), process.env);
  if (command.help) {
    process.stdout.write(`${usage}\n`);
    return;
  }
  // Standard output belongs to the one line that says where we are.
  const log = pino({ level: command['log-level'], base: null }, pino.destination({ dest: 2, sync: true }));
  switch (command.command) {
    case 'serve':
      return serve(command, log);
    case 'enrolment-code':
      return printEnrolmentCode(command);
    case 'revoke':
      return withDatabase(command, async (db) => {
        const deviceId = command.device as string;
        if ((await findDevice(db, deviceId)) === undefined) throw new Error(`no device ${deviceId}`);
        if (command.destroy === undefined) await revokeDevice(db, deviceId, new Date());
        else await revokeAndDestroy(db, deviceId, command.destroy, new Date());
      });
    case 'restored':
      return withDatabase(command, async (db) => {
        await provinceState(db);
        const from = await currentEpoch(db);
        const epoch = await raiseEpoch(db, { from, known: from, leaseSize: command['lease-size'], nowMs: Date.now() });
        process.stdout.write(`${JSON.stringify({ epoch })}\n`);
      });
    case 'import':
      return takeIn(command, log);
    case 'copy-scans':
      return copyScans(command, log);
    case 'publish':
      return publishFile(command);
    case 'publications':
      return printPublications(command);
    case 'upstreams':
      return printUpstreams(command);
    case 'requeue':
      return requeue(command);
    case 'simulate-upstreams':
      return simulateUpstreams(command);
    case 'monitoring':
      return printMonitoring(command);
    case 'partitions':
      return administerMonths(command);
    case 'supervisor':
      return administerSupervisor(command);
  }
}

main().catch((error: unknown) => {
  const words = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${words}\n`);
  parentPort()?.postMessage({ type: 'failed', message: words });
  process.exitCode = 1;
  // An embedded database's pipes or a parent port may hold the loop open.
  setTimeout(() => process.exit(1), 500).unref();
});
