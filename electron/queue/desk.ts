/** The queue of this device: decisions from shared rules, events in the journal, numbers that never repeat. */
import type { Journal } from '../journal/journal.ts';
import { callNext, endTicket, issueTicket, recallTicket } from '../../shared/queue/decide.ts';
import type { Priority, QueueDay, Ticket } from '../../shared/queue/ticket.ts';
import { ok, type Failure, type Result } from '../../shared/lib/result.ts';
import { dateAt, type Clock } from '../../shared/lib/time.ts';
import type { Settings } from '../../shared/settings/settings.ts';

export type QueueDesk = {
  /** Today's tickets; another day's are over. */
  day(): QueueDay;
  issue(groupId: string, priority: Priority): Promise<Result<Ticket, Failure>>;
  /** Null: nobody is waiting in these groups. */
  callNext(groupIds: string[]): Promise<Result<Ticket | null, Failure>>;
  recall(ticketId: string): Promise<Result<null, Failure>>;
  end(ticketId: string, as: 'finished' | 'no-show'): Promise<Result<null, Failure>>;
};

type Options = { journal: Journal; settings: Settings; clock: Clock; newId: () => string };

export function createQueueDesk({ journal, settings, clock, newId }: Options): QueueDesk {
  const operatorId = settings.operator.id;
  const { counter, queueGroups } = settings;
  const asNull = (result: Result<unknown, Failure>): Result<null, Failure> => (result.ok ? ok(null) : result);

  return {
    day() {
      const { queue } = journal.state();
      const today = dateAt(clock());
      return queue.date >= today ? queue : { date: today, tickets: [] };
    },
    async issue(groupId, priority) {
      const entry = await journal.transact(operatorId, (state) =>
        issueTicket(state.queue, queueGroups, { ticketId: newId(), groupId, priority, atMs: clock() }),
      );
      return entry.ok ? ok(entry.value.operation.ticket) : entry;
    },
    async callNext(groupIds) {
      const entry = await journal.transact(operatorId, (state) => callNext(state.queue, { groupIds, counter, atMs: clock() }));
      if (!entry.ok) return entry.failure.kind === 'nobody-waiting' ? ok(null) : entry;
      const { ticketId } = entry.value.operation;
      return ok(journal.state().queue.tickets.find((ticket) => ticket.ticketId === ticketId) ?? null);
    },
    recall: async (ticketId) => asNull(await journal.transact(operatorId, (state) => recallTicket(state.queue, { ticketId, counter, atMs: clock() }))),
    end: async (ticketId, as) => asNull(await journal.transact(operatorId, (state) => endTicket(state.queue, { ticketId, counter, atMs: clock(), as }))),
  };
}
