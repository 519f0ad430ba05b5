/** What an officer does with the queue; one call at a time, failures in words beside the buttons. */
import { useCallback, useState } from 'react';
import { useShell } from '../app/shell-context.tsx';
import type { Failure } from '../../shared/lib/result.ts';
import type { QueuedTicket, Ticket } from '../../shared/queue/ticket.ts';

export type QueueActions = {
  isBusy: boolean;
  /** Nobody was waiting at the last call. */
  isEmptyCall: boolean;
  failure: Failure | null;
  /** Ends the ticket being served, then calls the next. Null: nobody is waiting, or it failed. */
  callNext(serving: QueuedTicket | null): Promise<Ticket | null>;
  step(kind: 'recall' | 'finish' | 'no-show', ticketId: string): Promise<void>;
};

export function useQueueActions(): QueueActions {
  const { bridge } = useShell();
  const [isBusy, setIsBusy] = useState(false);
  const [isEmptyCall, setIsEmptyCall] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);

  const alone = useCallback(async <T>(work: () => Promise<T>): Promise<T> => {
    setIsBusy(true);
    setFailure(null);
    setIsEmptyCall(false);
    try {
      return await work();
    } finally {
      setIsBusy(false);
    }
  }, []);

  return {
    isBusy,
    isEmptyCall,
    failure,
    callNext: useCallback(
      (serving) =>
        alone(async () => {
          if (serving !== null) {
            const finished = await bridge.invoke('queue:finish', { ticketId: serving.ticketId });
            // Ended meanwhile, e.g. by the acceptance of its dossier: exactly what was wanted.
            if (!finished.ok && finished.failure.kind !== 'ticket-not-called') {
              setFailure(finished.failure);
              return null;
            }
          }
          const called = await bridge.invoke('queue:call-next', { groupIds: [] });
          if (!called.ok) setFailure(called.failure);
          else if (called.value === null) setIsEmptyCall(true);
          return called.ok ? called.value : null;
        }),
      [alone, bridge],
    ),
    step: useCallback(
      (kind, ticketId) =>
        alone(async () => {
          const done = await bridge.invoke(`queue:${kind}`, { ticketId });
          if (!done.ok) setFailure(done.failure);
        }),
      [alone, bridge],
    ),
  };
}
