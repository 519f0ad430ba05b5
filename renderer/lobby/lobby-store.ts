/** The kiosk's way through taking a number: one question a step, back to the door when nobody touches it. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Bridge } from '../../shared/ipc/contract.ts';
import type { Failure } from '../../shared/lib/result.ts';
import type { Clock } from '../../shared/lib/time.ts';
import type { Priority, Ticket } from '../../shared/queue/ticket.ts';

export type Step =
  | { name: 'door' }
  | { name: 'group' }
  | { name: 'priority'; groupId: string }
  | { name: 'issuing' }
  | { name: 'done'; ticket: Ticket }
  | { name: 'failed'; failure: Failure };

/** Idle time after which a half-finished visit ends; a finished or failed one ends sooner. */
export const IDLE_MS = 60_000;
export const DONE_MS = 12_000;
export const lengthOf = (step: Step): number => (step.name === 'done' || step.name === 'failed' ? DONE_MS : IDLE_MS);

export type LobbyState = {
  step: Step;
  /** When the visit ends by itself; null at the door. */
  endsAtMs: number | null;
  begin(): void;
  chooseGroup(groupId: string): void;
  choosePriority(priority: Priority): Promise<void>;
  back(): void;
  /** Ends the visit and leaves nothing of it. */
  end(): void;
  /** Someone is there: the idle time starts again. */
  touch(): void;
};

export function createLobbyStore({
  bridge,
  clock,
  groupIds,
}: {
  bridge: Pick<Bridge, 'invoke'>;
  clock: Clock;
  groupIds: readonly string[];
}): StoreApi<LobbyState> {
  return createStore<LobbyState>()((set, get) => {
    const to = (step: Step) => set({ step, endsAtMs: step.name === 'door' ? null : clock() + lengthOf(step) });
    const [onlyGroup, ...others] = groupIds;
    const hasOneGroup = onlyGroup !== undefined && others.length === 0;
    return {
      step: { name: 'door' },
      endsAtMs: null,
      begin: () => to(hasOneGroup ? { name: 'priority', groupId: onlyGroup } : { name: 'group' }),
      chooseGroup: (groupId) => to({ name: 'priority', groupId }),
      async choosePriority(priority) {
        const { step } = get();
        // A second tap while the first is being served must not give a second number.
        if (step.name !== 'priority') return;
        to({ name: 'issuing' });
        const issued = await bridge.invoke('queue:issue', { groupId: step.groupId, priority, print: true });
        to(issued.ok ? { name: 'done', ticket: issued.value } : { name: 'failed', failure: issued.failure });
      },
      back() {
        const { step } = get();
        to(step.name === 'priority' && !hasOneGroup ? { name: 'group' } : { name: 'door' });
      },
      end: () => to({ name: 'door' }),
      touch() {
        const { step } = get();
        if (step.name === 'group' || step.name === 'priority') to(step);
      },
    };
  });
}
