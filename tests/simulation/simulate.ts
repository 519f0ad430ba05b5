/** One seeded life of a province and its counters, with everything going wrong that may; throws Broken where a promise does not hold. */
import { setImmediate as settled } from 'node:timers/promises';
import { dossierOf } from '../../shared/journal/operation.ts';
import { BACKUP_WINDOW_MS, type DeviceBug, type Disk, ModelDevice, type Faults, type Ledger } from './model-device.ts';
import { ModelProvince, type ProvinceBug } from './model-province.ts';
import { Broken, World } from './world.ts';
import { DAY_MS } from '../../shared/lib/time.ts';

export type Scale = {
  devices: { from: number; to: number };
  /** Virtual time in which things go wrong. */
  troubleMs: number;
  /** Mean time between two acts of officers on one device, and between two disasters anywhere. */
  actEveryMs: number;
  disasterEveryMs: number;
  /** Mean time between two looks of an officer at what the province refused; without it nothing is mended. */
  mendEveryMs?: number;
  isTraced?: boolean;
  provinceBug?: ProvinceBug;
  deviceBug?: DeviceBug;
};

export const SMALL: Scale = { devices: { from: 2, to: 4 }, troubleMs: 180_000, actEveryMs: 12_000, disasterEveryMs: 12_000 };

/** Lives in which officers mend what the province refused: in the end it has everything. */
export const MENDING: Scale = { ...SMALL, mendEveryMs: 15_000 };

const BACKUP_EVERY_MS = BACKUP_WINDOW_MS / 3;
const PEACE_MS = 1_200_000;
const CHECK_EVERY_MS = 30_000;

type Simulation = { world: World; isDone(): boolean; verify(): void };

function begin(seed: number, scale: Scale): Simulation {
  const world = new World(seed, scale.isTraced === true);
  const { chance } = world;
  const province = new ModelProvince(world, scale.provinceBug);
  const ledger: Ledger = { saved: new Map(), printed: new Map(), doubled: new Set(), twins: new Set() };
  /** Dossiers whose device is gone: only the province has them. */
  const atRisk = new Set<string>();
  const often = chance.next() ** 2;
  const faults: Faults = {
    cut: 0.2 * often,
    lostAnswer: 0.2 * chance.next() * often,
    twice: 0.1 * chance.next(),
    damaged: 0.05 * chance.next(),
    poison: chance.happens(0.3) ? 0.1 : 0,
    unheardOf: chance.happens(0.2) ? 0.1 : 0,
  };
  const devices: ModelDevice[] = [];
  const images = new Map<ModelDevice, Disk>();
  let isPeace = false;
  let isDone = false;

  function nothingIsLost(): void {
    const held = new Set(province.state.dossiers.keys());
    for (const { disk } of devices) {
      for (const entry of disk.entries) held.add(dossierOf(entry)?.dossierId ?? '');
    }
    for (const dossierId of ledger.saved.keys()) {
      if (held.has(dossierId)) continue;
      // Its device and the province's newer half were both destroyed: nobody can have it.
      if (atRisk.has(dossierId)) ledger.saved.delete(dossierId);
      else throw new Broken(`${dossierId} was saved and is nowhere any more`);
    }
  }

  const newCode = (): string => world.newId('code');

  function add(disk: Disk): ModelDevice {
    const device = new ModelDevice(`counter-${devices.length + 1}`, disk, world, province, ledger, faults, scale.deviceBug, () => nothingIsLost());
    device.clockOffsetMs = chance.happens(0.2) ? chance.between(-3, 3) * DAY_MS : chance.between(-60_000, 60_000);
    devices.push(device);
    return device;
  }

  for (let count = chance.between(scale.devices.from, scale.devices.to); count > 0; count--) {
    const device = add(ModelDevice.blank(world));
    device.code = newCode();
    device.turnOn();
    actNow(device);
  }

  function actNow(device: ModelDevice): void {
    world.after(chance.between(1, 2 * scale.actEveryMs), () => {
      if (isPeace) return;
      if (chance.happens(0.7)) device.takeIn(chance.happens(0.3) ? chance.between(1, 2) : 0);
      else if (chance.happens(0.8)) device.ticket();
      else device.purge();
      actNow(device);
    });
  }

  const { mendEveryMs } = scale;
  function mendSoon(every: number): void {
    world.after(chance.between(1, 2 * every), () => {
      chance.pick(devices)?.mend();
      if (!isDone) mendSoon(every);
    });
  }
  if (mendEveryMs !== undefined) mendSoon(mendEveryMs);

  function crash(device: ModelDevice): void {
    if (!device.isOn) return;
    device.turnOff();
    const old = device.disk.memory;
    const memory = chance.happens(0.6) ? 'kept' : chance.happens(0.5) ? 'lost' : (images.get(device)?.memory ?? 'lost');
    const { journalId } = device.disk;
    // A memory of another journal would not be found in this one's folder.
    const fits = (): boolean => images.get(device)?.journalId === journalId && device.disk.journalId === journalId;
    world.note(() => `${device.name}: power cut at ${device.head().seq}, memory ${typeof memory === 'string' ? memory : 'old'} (was ${old?.acknowledgedSeq})`);
    world.after(chance.between(100, 30_000), () => device.turnOn(typeof memory === 'string' || fits() ? memory : 'lost'));
  }

  const disasters: Array<() => void> = [
    () => {
      const device = chance.pick(devices);
      if (device !== undefined) crash(device);
    },
    () => {
      const device = chance.pick(devices);
      if (device === undefined) return;
      device.isCut = true;
      world.note(() => `${device.name}: line down`);
      world.after(chance.between(5_000, 90_000), () => (device.isCut = false));
    },
    () => {
      province.isUp = false;
      world.note(() => 'province: down');
      world.after(chance.between(1_000, 60_000), () => (province.isUp = true));
    },
    () => {
      const device = chance.pick(devices);
      if (device === undefined) return;
      device.clockOffsetMs += chance.happens(0.5) ? chance.between(-3, 3) * DAY_MS : chance.between(-3_600_000, 3_600_000);
      world.note(() => `${device.name}: clock now off by ${device.clockOffsetMs} ms`);
    },
    () => {
      // An image is taken now and then; the next disaster of this kind puts it back or starts it on a second machine.
      const device = chance.pick(devices);
      if (device === undefined || device.disk.deviceId === undefined) return;
      const image = images.get(device);
      if (image === undefined || image.journalId !== device.disk.journalId || chance.happens(0.3)) {
        images.set(device, ModelDevice.copyOf(device.disk));
        world.note(() => `${device.name}: image taken at ${device.head().seq}`);
      } else if (chance.happens(0.5)) {
        device.turnOff();
        for (const entry of device.disk.entries) {
          const dossierId = dossierOf(entry)?.dossierId;
          if (dossierId !== undefined) atRisk.add(dossierId);
        }
        device.disk = ModelDevice.copyOf(image);
        ledger.doubled.add(image.family);
        world.note(() => `${device.name}: set back to ${device.head().seq}`);
        nothingIsLost();
        world.after(chance.between(100, 30_000), () => device.turnOn());
      } else if (devices.length < scale.devices.to + 3) {
        ledger.doubled.add(image.family);
        const clone = add(ModelDevice.copyOf(image));
        world.note(() => `${clone.name}: a copy of ${device.name} at ${clone.head().seq}`);
        clone.turnOn();
        actNow(clone);
      }
    },
    () => {
      // A third restore while leases of the first life still serve would come back to its numbers: see SAFETY_GAP.
      if (!chance.happens(0.5) || province.restores === 2) return;
      const isTold = chance.happens(0.5);
      world.note(() => `province: set back to its backup, ${isTold ? 'told' : 'not told'}`);
      province.restore(isTold);
      if (!isTold) world.after(chance.between(1, 60_000), () => province.noticeByItself());
      nothingIsLost();
    },
    () => {
      world.skippedMs += chance.between(1, 12) * DAY_MS;
      world.note(() => `it is ${new Date(world.clockMs).toISOString().slice(0, 10)}`);
    },
    () => {
      if (chance.happens(0.8)) return;
      province.oldestApp = 2;
      world.note(() => 'province: takes only newer apps');
    },
  ];

  function disasterSoon(): void {
    world.after(chance.between(1, 2 * scale.disasterEveryMs), () => {
      if (isPeace) return;
      chance.pick(disasters)?.();
      disasterSoon();
    });
  }
  disasterSoon();

  function backUp(): void {
    world.after(BACKUP_EVERY_MS, () => {
      if (isPeace) return;
      province.takeBackup();
      backUp();
    });
  }
  backUp();

  /** A supervisor gives a code to whoever stands there quarantined, or was never heard of. */
  function supervise(): void {
    world.after(20_000, () => {
      for (const device of devices) {
        if (device.isOn && (device.quarantine !== undefined || device.disk.state.enrolment === null) && (isPeace || chance.happens(0.3))) {
          device.code = newCode();
          device.wake();
        }
      }
      if (!isDone) supervise();
    });
  }
  supervise();

  world.after(scale.troubleMs, () => {
    isPeace = true;
    for (const fault of Object.keys(faults) as Array<keyof Faults>) faults[fault] = 0;
    province.isUp = true;
    province.isUpgraded = true;
    province.noticeByItself();
    world.note(() => 'peace');
    for (const device of devices) {
      device.isCut = false;
      device.appVersion = 2;
      device.turnOn();
      device.wake();
    }
    world.after(CHECK_EVERY_MS, lookWhetherSettled);
  });

  const unsettled = (): string | undefined => {
    for (const device of devices) {
      const memory = device.memory();
      const head = device.head();
      const row = province.state.devices.get(device.disk.deviceId ?? '');
      if (!device.isOn || row === undefined) return `${device.name} is not enrolled`;
      if (memory.quarantine !== undefined) return `${device.name} is quarantined: ${memory.quarantine.reason}`;
      if (memory.acknowledgedSeq !== head.seq) return `${device.name} has sent ${memory.acknowledgedSeq} of ${head.seq}`;
      if (row.head.seq !== head.seq || row.head.hash !== head.hash)
        return `${device.name} is at ${head.seq} ${head.hash}, the province at ${row.head.seq} ${row.head.hash}`;
      if (memory.epoch !== province.state.epoch || memory.recheck !== undefined)
        return `${device.name} lives in epoch ${memory.epoch} of ${province.state.epoch}`;
      const [open] = Object.keys(memory.unconfirmed);
      if (open !== undefined) return `${device.name} has ${open} unconfirmed`;
      // Two copies of one journal may each mend the same dossier: the second is told, and a person has to look.
      const parkedFor = mendEveryMs === undefined ? ['invalid', 'code-taken'] : ['dossier-exists'];
      const transient = memory.rejected.find(({ reason }) => !parkedFor.includes(reason));
      if (transient !== undefined) return `${device.name} still has ${transient.operationId} refused: ${transient.reason}`;
    }
    return undefined;
  };

  const parked = (dossierId: string): boolean => devices.some((device) => device.memory().rejected.some((one) => one.dossierId === dossierId));

  function lookWhetherSettled(): void {
    if (unsettled() === undefined) {
      isDone = true;
      return;
    }
    if (world.nowMs > startMs + scale.troubleMs + PEACE_MS) throw new Broken(`peace was not enough: ${unsettled()}`);
    for (const device of devices) {
      if (mendEveryMs !== undefined) device.mend();
      device.offerAgain();
    }
    world.after(CHECK_EVERY_MS, lookWhetherSettled);
  }
  const startMs = world.nowMs;

  return {
    world,
    isDone() {
      const failed = devices.find((device) => device.failure !== undefined);
      if (failed !== undefined) throw failed.failure;
      return isDone;
    },
    verify() {
      nothingIsLost();
      for (const [dossierId, { codes, poison }] of ledger.saved) {
        const row = province.state.dossiers.get(dossierId);
        if (row === undefined) {
          // Said to the officer, who mends it; a code is refused only where two papers really have it.
          if (mendEveryMs !== undefined && !atRisk.has(dossierId)) throw new Broken(`${dossierId} was mended and never came to the province`);
          if (!poison && !ledger.twins.has(dossierId)) throw new Broken(`${dossierId} never came to the province`);
          if (!parked(dossierId) && !atRisk.has(dossierId)) throw new Broken(`${dossierId} was refused, and no screen shows it`);
          continue;
        }
        if (!codes.includes(row.code)) throw new Broken(`${dossierId} has another code at the province`);
        if (!province.holdsWhole(dossierId) && !atRisk.has(dossierId)) throw new Broken(`${dossierId} lacks scans`);
      }
    },
  };
}

export type Failed = { seed: number; message: string };

/** Runs the seeds side by side in one thread: each its own world, all of them a step at a time. */
export async function simulate(seeds: readonly number[], scale: Scale, atOnce = 16): Promise<Failed[]> {
  const failed: Failed[] = [];
  const ahead = [...seeds].reverse();
  let running: Array<{ seed: number; simulation: Simulation }> = [];
  for (;;) {
    while (running.length < atOnce && ahead.length > 0) {
      const seed = ahead.pop() as number;
      running.push({ seed, simulation: begin(seed, scale) });
    }
    if (running.length === 0) return failed;
    for (const { simulation } of running) {
      try {
        simulation.world.step();
      } catch (error) {
        Object.assign(simulation, { isDone: () => raise(error) });
      }
    }
    // The turn of everything the events have resolved.
    await settled();
    running = running.filter(({ seed, simulation }) => {
      try {
        if (!simulation.isDone()) return true;
        simulation.verify();
      } catch (error) {
        failed.push({ seed, message: error instanceof Error ? (error instanceof Broken ? error.message : (error.stack ?? error.message)) : String(error) });
      }
      return false;
    });
  }
}

const raise = (error: unknown): never => {
  throw error;
};

/** The end of the life of a failing seed, as words. */
export async function traceOf(seed: number, scale: Scale, lines = 60): Promise<string> {
  const simulation = begin(seed, { ...scale, isTraced: true });
  for (;;) {
    try {
      simulation.world.step();
      await settled();
      if (simulation.isDone()) {
        simulation.verify();
        return 'nothing is wrong with this seed any more';
      }
    } catch (error) {
      return `${simulation.world.trace(lines)}\n✗ seed ${seed}: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
}
