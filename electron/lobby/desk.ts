/** What the lobby kiosk does for a citizen: gives a ticket, looks a dossier up, keeps a declaration, counts an opinion. */
import type { Catalogue, Procedure } from '../../shared/catalogue/catalogue.ts';
import { fail, ok, type Failure, type Result } from '../../shared/lib/result.ts';
import type { TicketWish } from '../../shared/ipc/contract.ts';
import { dossierStatusSchema, type LookedUp, type LookUpFailureKind, type LookUpRequest } from '../../shared/lobby/look-up.ts';
import { papersToBring } from '../../shared/lobby/papers-to-bring.ts';
import type { TicketAdvice } from '../../shared/printing/paper.ts';
import type { Rating } from '../../shared/lobby/rating.ts';
import type { IssuedTicket } from '../../shared/queue/ticket.ts';
import type { ProvinceFailure } from '../../shared/sync/engine.ts';
import { paths } from '../../shared/sync/protocol.ts';
import { SYSTEM_OPERATOR } from '../by-system.ts';
import type { Journal } from '../journal/journal.ts';
import type { QueueDesk } from '../queue/desk.ts';
import type { HttpProvince } from '../sync/http-province.ts';

export type LobbyDesk = {
  takeTicket(wish: TicketWish): Promise<Result<IssuedTicket, Failure>>;
  /** False: the catalogue in force has no such procedure. */
  printPapers(procedureCode: string): boolean;
  lookUp(request: LookUpRequest): Promise<Result<LookedUp, Failure<LookUpFailureKind>>>;
  rate(rating: Rating): Promise<Result<null, Failure>>;
};

type Options = {
  queue: Pick<QueueDesk, 'issue' | 'view'> & { office: Pick<QueueDesk['office'], 'attach' | 'lookUp'> };
  printTicket(ticket: IssuedTicket, advice: TicketAdvice): void;
  printBringList(procedure: { code: string; name: string }, papers: readonly string[]): void;
  catalogue(): Catalogue;
  areaClass: string | undefined;
  province: Pick<HttpProvince, 'post'>;
  journal: Pick<Journal, 'transact'>;
};

export function createLobbyDesk({ queue, printTicket, printBringList, catalogue, areaClass, province, journal }: Options): LobbyDesk {
  const find = (wanted: string | undefined) => catalogue().procedures.find(({ code }) => code === wanted);
  const papersOf = (procedure: Procedure): string[] => papersToBring(procedure, areaClass).map(({ name }) => name);

  return {
    printPapers(procedureCode) {
      const procedure = find(procedureCode);
      if (procedure !== undefined) printBringList(procedure, papersOf(procedure));
      return procedure !== undefined;
    },
    async takeTicket({ groupId, priority, procedureCode, declaration }) {
      const issued = await queue.issue({ groupId, priority });
      if (!issued.ok) return issued;
      const ticket = issued.value;
      // A number without its declaration is still a number: the officer then asks at the counter.
      if (declaration !== undefined) await queue.office.attach(ticket.ticketId, JSON.stringify(declaration));
      const procedure = find(procedureCode ?? declaration?.procedureCode);
      printTicket(ticket, {
        expectedWaitMs: ticket.expectedWaitMs ?? undefined,
        counters: queue.view().groups.find((group) => group.groupId === groupId)?.counters,
        papersToBring: procedure && papersOf(procedure),
      });
      return issued;
    },
    async lookUp(request) {
      const answer = await province.post(paths.lookUp, request, dossierStatusSchema);
      if (answer.ok) return ok({ ...answer.value, isOfOffice: false });
      const kind = kindOf(answer.failure);
      if (kind !== 'offline') return fail(kind);
      const known = await queue.office.lookUp(request);
      if (known.ok) return ok({ ...known.value, isOfOffice: true });
      if (known.failure.kind === 'too-many') return fail('too-many');
      // What no device here knows, the province may.
      return fail(known.failure.kind === 'too-often' ? 'busy' : 'offline');
    },
    async rate(rating) {
      const noted = await journal.transact(SYSTEM_OPERATOR, () => ok({ type: 'service.rated' as const, rating }));
      return noted.ok ? ok(null) : noted;
    },
  };
}

function kindOf(failure: ProvinceFailure): LookUpFailureKind {
  if (failure.kind === 'busy') return 'busy';
  if (failure.kind !== 'refused') return 'offline';
  if (failure.reason === 'not-found') return 'not-found';
  if (failure.reason === 'too-many-guesses') return 'too-many';
  // Not enrolled, revoked, or asking in a way the province does not know: nothing the citizen can mend.
  return failure.reason === 'invalid' ? 'not-found' : 'offline';
}
