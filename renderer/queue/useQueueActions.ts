/** What an officer does with the queue; one thing at a time, failures in words beside the buttons. */
import { useCallback, useMemo, useState } from 'react';
import { useShell } from '../app/shell-context.tsx';
import type { Failure, Result } from '../../shared/lib/result.ts';
import type { QueuedTicket, Ticket } from '../../shared/queue/ticket.ts';

/** At least one of the two. */
export type TransferTarget = { toGroupId?: string; toCounter?: string };

export type QueueActions = {
  isBusy: boolean;
  /** Nobody was waiting at the last call. */
  isEmptyCall: boolean;
  failure: Failure | null;
  /** Ends the ticket being served, then calls the next. Null: nobody is waiting, or it failed. */
  callNext(serving: QueuedTicket | null): Promise<Ticket | null>;
  step(kind: 'recall' | 'finish' | 'no-show' | 'hold' | 'return', ticketId: string): Promise<boolean>;
  /** This very ticket, out of turn: held, absent, or waiting. */
  call(ticketId: string): Promise<boolean>;
  transfer(ticketId: string, to: TransferTarget): Promise<boolean>;
  setCounter(groupIds: string[], isOpen: boolean): Promise<boolean>;
  takeOver(): Promise<boolean>;
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

  const acts = useMemo(() => {
    const act = (work: () => Promise<Result<unknown, Failure>>): Promise<boolean> =>
      alone(async () => {
        const done = await work();
        if (!done.ok) setFailure(done.failure);
        return done.ok;
      });
    return {
      step: (kind: Parameters<QueueActions['step']>[0], ticketId: string) => act(() => bridge.invoke(`queue:${kind}`, { ticketId })),
      call: (ticketId: string) => act(() => bridge.invoke('queue:call', { ticketId })),
      transfer: (ticketId: string, to: TransferTarget) => act(() => bridge.invoke('queue:transfer', { ticketId, ...to })),
      setCounter: (groupIds: string[], isOpen: boolean) => act(() => bridge.invoke('queue:set-counter', { groupIds, isOpen })),
      takeOver: () => act(() => bridge.invoke('queue:take-over')),
    };
  }, [alone, bridge]);

  return {
    isBusy,
    isEmptyCall,
    failure,
    ...acts,
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
  };
}
