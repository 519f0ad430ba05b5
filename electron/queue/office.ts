/** What a device does with the others of its office beyond the queue itself: become known to them, and pass on what was left with a ticket. */
import { fail, ok, type Failure, type Result } from '../../shared/lib/result.ts';
import type { FoundHub, PairingOffer } from '../../shared/queue/office.ts';
import type { Attachments } from './attachments.ts';

export type Office = {
  attach(ticketId: string, text: string): Promise<Result<null, Failure>>;
  /** Null: nothing was left with this ticket. */
  attachment(ticketId: string): Promise<Result<string | null, Failure>>;
  offerPairing(): Promise<Result<PairingOffer, Failure>>;
  endPairing(): void;
  pair(address: string, code: string): Promise<Result<{ hubName: string }, Failure>>;
  findHubs(): Promise<FoundHub[]>;
  removeMember(memberId: string): Promise<Result<null, Failure>>;
  stop(): Promise<void>;
};

/** A device on its own: it keeps what is left with tickets, and there is nobody to join. */
export function createLoneOffice(attachments: Attachments): Office {
  const alone = <T>(): Promise<Result<T, Failure>> => Promise.resolve(fail('queue-alone'));
  return {
    attach: (ticketId, text) => attachments.put(ticketId, text, false),
    attachment: async (ticketId) => ok(await attachments.get(ticketId)),
    offerPairing: alone,
    endPairing: () => undefined,
    pair: alone,
    findHubs: () => Promise.resolve([]),
    removeMember: alone,
    stop: () => Promise.resolve(),
  };
}
