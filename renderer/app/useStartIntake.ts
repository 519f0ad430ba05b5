/** Begins an intake, or goes on with the one already begun from the same ticket; an empty one is used before another is made. */
import { useCallback } from 'react';
import { isPristine, startDraft } from '../intake/start-draft.ts';
import type { Bridge } from '../../shared/ipc/contract.ts';
import { parseOrUndefined } from '../../shared/lib/json.ts';
import { declarationSchema, type Declaration } from '../../shared/lobby/declaration.ts';
import type { Failure, Result } from '../../shared/lib/result.ts';
import type { Ticket } from '../../shared/queue/ticket.ts';
import { useServices } from './services.tsx';
import { useRoute } from './shell-context.tsx';

/** What a citizen declared in the lobby with this ticket. One that cannot be had or read is asked again at the counter. */
async function declaredWith(bridge: Pick<Bridge, 'invoke'>, ticketId: string): Promise<{ declaration?: Declaration }> {
  const attached = await bridge.invoke('queue:attachment', { ticketId });
  if (!attached.ok || attached.value === null) return {};
  const { data: declaration } = declarationSchema.safeParse(parseOrUndefined(attached.value));
  return declaration === undefined ? {} : { declaration };
}

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
      const started = await startDraft(services, ticket === null ? {} : { ticket, ...(await declaredWith(services.bridge, ticket.ticketId)) });
      if (!started.ok) return started;
      go({ name: 'intake', draftId: started.value.draftId });
      return { ok: true, value: null };
    },
    [services, go],
  );
}
