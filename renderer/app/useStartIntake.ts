/** Begins an intake, or goes on with the one already begun from the same ticket; an empty one is used before another is made. */
import { useCallback } from 'react';
import { isPristine, startDraft } from '../intake/start-draft.ts';
import type { Failure, Result } from '../../shared/lib/result.ts';
import type { Ticket } from '../../shared/queue/ticket.ts';
import { useServices } from './services.tsx';
import { useRoute } from './shell-context.tsx';

export function useStartIntake(): (ticket: Pick<Ticket, 'ticketId' | 'number'> | null) => Promise<Result<null, Failure>> {
  const services = useServices();
  const { go } = useRoute();
  return useCallback(
    async (ticket) => {
      const drafts = await services.drafts.list();
      const begun = drafts.find((draft) => (ticket === null ? isPristine(draft) : draft.ticketId === ticket.ticketId));
      if (begun !== undefined) {
        go({ name: 'intake', draftId: begun.draftId });
        return { ok: true, value: null };
      }
      const started = await startDraft(services, ticket === null ? {} : { ticket });
      if (!started.ok) return started;
      go({ name: 'intake', draftId: started.value.draftId });
      return { ok: true, value: null };
    },
    [services, go],
  );
}
