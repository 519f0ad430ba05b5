/** Real devices of an office on loopback: real sockets, certificates, logs and journals, without a window. */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAcceptedDossiers } from '../../../electron/dossiers/accepted-dossiers.ts';
import { createLookUp } from '../../../electron/dossiers/look-up.ts';
import { openJournal, type Journal } from '../../../electron/journal/journal.ts';
import { createVault } from '../../../electron/keys/vault.ts';
import { openOfficeIdentity, type OfficeIdentity } from '../../../electron/queue/identity.ts';
import { openQueueDesk, type QueueDesk, type QueueDeskOptions } from '../../../electron/queue/desk.ts';
import { settingsSchema, type Settings } from '../../../shared/settings/settings.ts';
import { eventually } from '../../fakes/eventually.ts';
import { aDeviceKey } from '../../fixtures/journals.ts';
import { officeSettings } from '../../fixtures/settings.ts';

export type TestDesk = {
  desk: QueueDesk;
  journal: Journal;
  folder: string;
  port: number;
  identity(): Promise<OfficeIdentity>;
  /** As the process ends when it is killed: nobody is told, lines just end. */
  kill(): Promise<void>;
};

type Wanted = {
  seat: Settings['queue']['seat'];
  role?: Settings['role'];
  counter?: string;
  port?: number;
  folder?: string;
  officeId?: string;
  doorsCloseAt?: string;
  address?: string;
  pairingCode?: string;
  onChange?: QueueDeskOptions['onChange'];
};

const keys = new Map<string, Buffer>();

export async function startDesk({
  seat,
  role = 'officer',
  counter = '1',
  port = 0,
  folder,
  officeId,
  doorsCloseAt,
  address,
  pairingCode,
  onChange = () => undefined,
}: Wanted): Promise<TestDesk> {
  const home = folder ?? (await mkdtemp(join(tmpdir(), 'qmc-queue-')));
  const key = keys.get(home) ?? randomBytes(32);
  keys.set(home, key);
  const raw = officeSettings({ provinceUrl: 'http://127.0.0.1:9', role });
  const queue = { seat, port, doorsCloseAt, address, pairingCode };
  const settings = settingsSchema.parse({ ...raw, office: { ...raw.office, id: officeId ?? raw.office.id }, counter, queue });
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const vault = createVault(key);
  const journal = await openJournal({ folder: join(home, 'journal'), vault, deviceKey: aDeviceKey, clock: Date.now, limits: { reserveBytes: 0 } });
  const desk = await openQueueDesk({
    folder: join(home, 'queue'),
    vault,
    journal,
    settings,
    clock: Date.now,
    newId: randomUUID,
    log,
    lookUp: createLookUp({ journal, accepted: createAcceptedDossiers(journal), clock: Date.now }),
    onChange,
  });
  return {
    desk,
    journal,
    folder: home,
    port,
    identity: () => openOfficeIdentity(join(home, 'queue'), vault, Date.now()),
    async kill() {
      await desk.office.stop();
      await desk.stop();
      await journal.close();
    },
  };
}

export async function pair(hub: TestDesk, device: TestDesk): Promise<void> {
  // A port that was just taken is tried again.
  const { code, addresses } = await eventually(async () => {
    const offer = await hub.desk.office.offerPairing();
    return offer.ok && offer.value;
  }, 15_000);
  const port = addresses[0]?.split(':').at(-1) ?? '';
  const paired = await device.desk.office.pair(`127.0.0.1:${port}`, code);
  if (!paired.ok) throw new Error(paired.failure.kind);
}
