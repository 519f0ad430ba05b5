/** Drops from Dexie what the shell has let go by its retention rules; what is missed here is said again at the next start. */
import type { Bridge, Purged } from '../../shared/ipc/contract.ts';
import type { CounterDatabase } from './database.ts';

type Tables = Pick<CounterDatabase, 'dossiers' | 'bodies' | 'scans' | 'transaction'>;

const SLICE = 500;

/** Resolves when what was purged before is gone; news is followed from then on. Returns how to stop. */
export async function followPurge(db: Tables, bridge: Pick<Bridge, 'invoke' | 'on'>, onError: (error: unknown) => void): Promise<() => void> {
  let turn: Promise<void> = Promise.resolve();
  const drop = ({ scans, dossiers }: Purged): Promise<void> => {
    turn = turn.then(() => dropCopies(db, bridge, { scans, dossiers })).catch(onError);
    return turn;
  };
  const stop = bridge.on('storage:purged', (purged) => void drop(purged));
  await drop(await bridge.invoke('storage:purged'));
  return stop;
}

async function dropCopies(db: Tables, bridge: Pick<Bridge, 'invoke'>, { scans, dossiers }: Purged): Promise<void> {
  for (let from = 0; from < scans.length; from += SLICE) {
    const slice = scans.slice(from, from + SLICE);
    await db.scans.bulkDelete(slice);
    // Only after Dexie let them go: a cut in between repeats the slice.
    await bridge.invoke('storage:forgotten', { scans: slice });
  }
  for (let from = 0; from < dossiers.length; from += SLICE) {
    const slice = dossiers.slice(from, from + SLICE);
    await db.transaction('rw', db.dossiers, db.bodies, async () => {
      await db.dossiers.bulkDelete(slice);
      await db.bodies.bulkDelete(slice);
    });
  }
}
