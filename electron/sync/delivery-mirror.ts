/** Where this office's dossiers stand at the specialised systems, kept here: what changed since a cursor is all that comes down. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { pathOf, paths } from '../../shared/sync/protocol.ts';
import { changedDeliveriesAnswerSchema, deliverySchema, type DossierUpstreams } from '../../shared/upstreams/upstream.ts';
import { isMissing, writeDurably } from '../files.ts';
import type { Vault } from '../keys/vault.ts';
import type { Log } from '../log.ts';
import type { HttpProvince } from './http-province.ts';
import type { Identity } from './identity.ts';

const LABEL = 'upstreams/deliveries';
/** Of how many dossiers it is kept; those that have not changed for the longest time are asked for one by one again. */
const MOST_DOSSIERS = 20_000;

const memorySchema = z.object({ officeId: z.string(), cursor: z.string().nullable(), dossiers: z.record(z.string(), z.array(deliverySchema)) });
type Memory = z.infer<typeof memorySchema>;

export type DeliveryMirror = {
  /** As it was heard last; undefined when nothing was. */
  of(dossierId: string): DossierUpstreams | undefined;
  /** Asks for what is new, and resolves when it is kept; false when the province did not answer. */
  pull(): Promise<boolean>;
};

type Options = {
  file: string;
  vault: Vault;
  identity(): Identity | undefined;
  get: HttpProvince['get'];
  log: Log;
};

export async function openDeliveryMirror({ file, vault, identity, get, log }: Options): Promise<DeliveryMirror> {
  let memory = await load();
  let pulling: Promise<boolean> | undefined;

  async function load(): Promise<Memory | undefined> {
    try {
      return memorySchema.parse(JSON.parse(vault.open(await readFile(file), LABEL).toString('utf8')));
    } catch (error) {
      if (!isMissing(error)) log.warn('what the specialised systems said cannot be read and is asked for anew');
      return undefined;
    }
  }

  async function pull(): Promise<boolean> {
    const officeId = identity()?.officeId;
    if (officeId === undefined) return false;
    for (;;) {
      // A device that was enrolled for another office begins anew.
      const { cursor, dossiers }: Memory = memory?.officeId === officeId ? memory : { officeId, cursor: null, dossiers: {} };
      const path = pathOf(paths.officeDeliveries, { officeId });
      const answer = await get(cursor === null ? path : `${path}?after=${encodeURIComponent(cursor)}`, changedDeliveriesAnswerSchema);
      if (!answer.ok) return false;
      const { deliveries, more, cursor: next } = answer.value;
      if (deliveries.length > 0 || next !== cursor) {
        const merged = newest({ ...dossiers, ...mergedWith(dossiers, deliveries) });
        memory = { officeId, cursor: next, dossiers: merged };
        // Losing it costs only repetition.
        await writeDurably(file, vault.seal(Buffer.from(JSON.stringify(memory)), LABEL)).catch(() => undefined);
      }
      if (!more || next === cursor) return true;
    }
  }

  return {
    of: (dossierId) => memory?.dossiers[dossierId],
    pull() {
      pulling ??= pull().finally(() => (pulling = undefined));
      return pulling;
    },
  };
}

type Changed = z.infer<typeof changedDeliveriesAnswerSchema>['deliveries'];

function mergedWith(dossiers: Memory['dossiers'], changed: Changed): Memory['dossiers'] {
  const merged: Memory['dossiers'] = {};
  for (const { dossierId, ...delivery } of changed) {
    const others = (merged[dossierId] ?? dossiers[dossierId] ?? []).filter(({ upstream }) => upstream !== delivery.upstream);
    merged[dossierId] = [...others, delivery].sort((a, b) => (a.upstream < b.upstream ? -1 : 1));
  }
  return merged;
}

function newest(dossiers: Memory['dossiers']): Memory['dossiers'] {
  const all = Object.entries(dossiers);
  if (all.length <= MOST_DOSSIERS) return dossiers;
  const changedMs = (deliveries: DossierUpstreams): number => Math.max(...deliveries.map(({ sinceMs }) => sinceMs));
  return Object.fromEntries(all.sort(([, a], [, b]) => changedMs(b) - changedMs(a)).slice(0, MOST_DOSSIERS));
}
