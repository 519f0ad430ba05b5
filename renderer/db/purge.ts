/** Drops from Dexie what the shell has let go by its retention rules; what is missed here is said again at the next start. */
import type { Bridge, Purged } from '../../shared/ipc/contract.ts';
import type { DossierRepository } from './dossier-repository.ts';
import type { ScanRepository } from './scan-repository.ts';

type Copies = { dossiers: Pick<DossierRepository, 'remove' | 'removeRestored'>; scans: Pick<ScanRepository, 'drop'> };

const SLICE = 500;

/** Resolves when what was purged before is gone; news is followed from then on. Returns how to stop. */
export async function followPurge(copies: Copies, bridge: Pick<Bridge, 'invoke' | 'on'>, onError: (error: unknown) => void): Promise<() => void> {
  let turn: Promise<void> = Promise.resolve();
  const drop = (purged: Purged): Promise<void> => {
    turn = turn.then(() => dropCopies(copies, bridge, purged)).catch(onError);
    return turn;
  };
  const stop = bridge.on('storage:purged', (purged) => void drop(purged));
  await drop(await bridge.invoke('storage:purged'));
  return stop;
}

async function dropCopies(copies: Copies, bridge: Pick<Bridge, 'invoke'>, { scans, dossiers, restoredBeforeMs }: Purged): Promise<void> {
  for (let from = 0; from < scans.length; from += SLICE) {
    const slice = scans.slice(from, from + SLICE);
    await copies.scans.drop(slice);
    // Only after Dexie let them go: a cut in between repeats the slice.
    await bridge.invoke('storage:forgotten', { scans: slice });
  }
  for (let from = 0; from < dossiers.length; from += SLICE) await copies.dossiers.remove(dossiers.slice(from, from + SLICE));
  if (restoredBeforeMs !== null) await copies.dossiers.removeRestored(restoredBeforeMs);
}
