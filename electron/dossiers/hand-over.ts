/** A postal counter's hand-over of papers to the agency: only what the province has confirmed, each once, noted in the journal. */
import { randomUUID } from 'node:crypto';
import type { HandOverFailureKind } from '../../shared/ipc/contract.ts';
import { fail, ok, type Failure, type Result } from '../../shared/lib/result.ts';
import type { DossierDelivery } from '../../shared/sync/state.ts';
import type { Journal } from '../journal/journal.ts';

type Options = {
  journal: Pick<Journal, 'transact'>;
  deliveries(dossierIds: string[]): DossierDelivery[];
  operatorId: string;
  /** What was handed over may leave this device. */
  onHandedOver(): Promise<void>;
};

export const createHandOver =
  ({ journal, deliveries, operatorId, onHandedOver }: Options) =>
  async (dossierIds: readonly string[]): Promise<Result<null, Failure<HandOverFailureKind>>> => {
    const ids = [...new Set(dossierIds)];
    // Judged where the entry is made, so that no second hand-over comes between.
    const noted = await journal.transact(operatorId, () => {
      const known = deliveries(ids);
      if (known.length < ids.length || known.some(({ state }) => state !== 'confirmed')) return fail<HandOverFailureKind>('not-confirmed');
      if (known.some(({ isHandedOver }) => isHandedOver)) return fail<HandOverFailureKind>('handed-over-before');
      return ok({ type: 'dossiers.handed-over' as const, handOverId: randomUUID(), dossierIds: ids });
    });
    if (!noted.ok) return noted;
    void onHandedOver();
    return ok(null);
  };
