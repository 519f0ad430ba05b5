/** One contender's client, alone in a process: what it costs is what the process costs. Its last line of output is a `Measured`. */
import { subscribe } from 'node:diagnostics_channel';
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { Upload } from 'tus-js-client';
import { ok } from '../../../shared/lib/result.ts';
import { openShellDevice, type ShellDevice } from '../../fixtures/shell-device.ts';
import type { Measured, Task } from './plan.ts';
import { recordsOf, scansOf } from './work.ts';

/** Nothing answers there. */
const NOWHERE = 'http://127.0.0.1:9';
const AT_ONCE = 500;

const task = JSON.parse(process.argv[2] ?? '') as Task;
const { seed, url, folder } = task;

const sockets: Socket[] = [];
subscribe('net.client.socket', (message) => sockets.push((message as { socket: Socket }).socket));
const onTheWire = (): { up: number; down: number } => ({
  up: sockets.reduce((sum, { bytesWritten }) => sum + bytesWritten, 0),
  down: sockets.reduce((sum, { bytesRead }) => sum + bytesRead, 0),
});

/** `marks`: milliseconds to moments on the way, told by the work itself. */
async function measure(work: (mark: (name: string) => void) => Promise<void>): Promise<Measured> {
  globalThis.gc?.();
  const wire = onTheWire();
  const cpu = process.cpuUsage();
  const started = performance.now();
  const marks: Record<string, number> = {};
  await work((name) => (marks[name] ??= performance.now() - started));
  const tookMs = performance.now() - started;
  const used = process.cpuUsage(cpu);
  const { up, down } = onTheWire();
  return { tookMs, marks, cpuMs: (used.user + used.system) / 1000, bytesUp: up - wire.up, bytesDown: down - wire.down };
}

/** Asked seldom enough to cost nothing. */
const until = async (isDone: () => boolean): Promise<void> => {
  while (!isDone()) await new Promise((done) => setTimeout(done, 20));
};

const isEmpty = (map: object): boolean => {
  for (const _ in map) return false;
  return true;
};

/** A device that took everything in while there was no line, and enrols when there is one. */
async function deviceWith(fill: (device: ShellDevice) => Promise<void>): Promise<ShellDevice> {
  const offline = await openShellDevice({ url: NOWHERE, folder });
  await fill(offline);
  await offline.close();
  return openShellDevice({ url, code: task.code, folder, deviceKey: offline.deviceKey });
}

async function deliver(device: ShellDevice): Promise<Measured> {
  const { sync, journal } = device;
  const measured = await measure(async (mark) => {
    sync.start();
    await until(() => journal.head().seq > 0 && sync.memory().acknowledgedSeq >= journal.head().seq && device.identity.current() !== undefined);
    mark('acknowledged');
    await until(() => isEmpty(sync.memory().unconfirmed));
  });
  const { rejected, scanProblems } = sync.memory();
  if (rejected.length > 0 || Object.keys(scanProblems).length > 0) throw new Error(`the province refused ${JSON.stringify(rejected[0] ?? scanProblems)}`);
  await device.close();
  return measured;
}

async function product(): Promise<Measured> {
  if (task.what === 'records') {
    return deliver(
      await deviceWith(async ({ journal }) => {
        const records = recordsOf(seed, task.count);
        for (let from = 0; from < records.length; from += AT_ONCE) {
          const batch = records.slice(from, from + AT_ONCE);
          await Promise.all(
            batch.map((dossier, at) =>
              journal.transact('can-bo-1', () => ok({ type: 'dossier.accepted' as const, dossier, number: { leaseId: 'bench', order: from + at + 1 } })),
            ),
          );
        }
      }),
    );
  }
  return deliver(
    await deviceWith(async (device) => {
      const scans = scansOf(seed, task.count);
      // Dossiers of four scans.
      for (let from = 0; from < scans.length; from += 4) await device.accept(scans.slice(from, from + 4));
    }),
  );
}

async function batchedPost(): Promise<Measured> {
  const records = recordsOf(seed, task.count);
  return measure(async () => {
    for (let from = 0; from < records.length; from += AT_ONCE) {
      const answer = await fetch(`${url}/records`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(records.slice(from, from + AT_ONCE)),
      });
      if (!answer.ok) throw new Error(`refused: ${answer.status}`);
      await answer.arrayBuffer();
    }
  });
}

type Pouch = {
  bulkDocs(documents: readonly object[]): Promise<unknown[]>;
  replicate: { to(url: string, options: object): Promise<{ ok: boolean; docs_written: number }> };
  close(): Promise<void>;
};

async function pouch(batch: number): Promise<Measured> {
  const PouchDB = createRequire(join(task.peers, 'package.json'))('pouchdb-node') as new (name: string) => Pouch;
  const local = new PouchDB(join(folder, 'pouch'));
  const records = recordsOf(seed, task.count);
  for (let from = 0; from < records.length; from += AT_ONCE) {
    await local.bulkDocs(records.slice(from, from + AT_ONCE).map((dossier) => ({ _id: dossier.dossierId, ...dossier })));
  }
  const measured = await measure(async () => {
    const { docs_written: written } = await local.replicate.to(`${url}/records`, { batch_size: batch, batches_limit: 4 });
    if (written !== records.length) throw new Error(`${written} documents arrived`);
  });
  await local.close();
  return measured;
}

async function put(atOnce: number): Promise<Measured> {
  const scans = scansOf(seed, task.count).map((bytes) => ({ bytes, sha256: createHash('sha256').update(bytes).digest('hex') }));
  return measure(async () => {
    const lane = async (): Promise<void> => {
      for (let scan = scans.shift(); scan !== undefined; scan = scans.shift()) {
        const answer = await fetch(`${url}/scans/${scan.sha256}`, { method: 'PUT', body: new Uint8Array(scan.bytes) });
        if (!answer.ok) throw new Error(`refused: ${answer.status}`);
        await answer.arrayBuffer();
      }
    };
    await Promise.all(Array.from({ length: atOnce }, lane));
  });
}

async function tusOnePatch(): Promise<Measured> {
  const scans = scansOf(seed, task.count);
  return measure(async () => {
    for (const bytes of scans) {
      await new Promise<void>((resolve, reject) => {
        new Upload(bytes, { endpoint: `${url}/files`, onSuccess: () => resolve(), onError: reject }).start();
      });
    }
  });
}

const contenders: Record<Task['contender'], () => Promise<Measured>> = {
  product,
  batch: batchedPost,
  'pouch-100': () => pouch(100),
  'pouch-500': () => pouch(500),
  'put-1': () => put(1),
  'put-3': () => put(3),
  tus: tusOnePatch,
};

process.stdout.write(`${JSON.stringify(await contenders[task.contender]())}\n`);
process.exit(0);
