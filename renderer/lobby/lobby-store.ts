/** One citizen's visit to the kiosk: one question a step, back to the doors when nobody touches it, and then nothing of it is left. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Catalogue, Procedure } from '../../shared/catalogue/catalogue.ts';
import type { Bridge } from '../../shared/ipc/contract.ts';
import type { Failure } from '../../shared/lib/result.ts';
import type { Clock } from '../../shared/lib/time.ts';
import type { Declaration } from '../../shared/lobby/declaration.ts';
import type { LookedUp, LookUpFailureKind } from '../../shared/lobby/look-up.ts';
import type { Rating } from '../../shared/lobby/rating.ts';
import type { IssuedTicket, Priority } from '../../shared/queue/ticket.ts';
import type { QueueGroup } from '../../shared/settings/settings.ts';

/** What somebody wants a ticket for, as far as it was said. */
type Wish = { procedureCode?: string; declaration?: Declaration };

/** Which case of the procedure it is, who stands as the applicant, the form itself. */
export type DeclarePart = 'case' | 'who' | 'form';

export type Step =
  | { name: 'door' }
  | { name: 'group'; wish: Wish }
  | { name: 'find'; isDeclaring: boolean }
  | { name: 'papers'; procedure: Procedure }
  | { name: 'declare'; procedure: Procedure; part: DeclarePart }
  | { name: 'priority'; groupId: string; wish: Wish }
  | { name: 'issuing' }
  | { name: 'done'; ticket: IssuedTicket; isDeclared: boolean }
  | { name: 'failed'; failure: Failure }
  | { name: 'look-up'; failure?: LookUpFailureKind }
  | { name: 'status'; status: LookedUp; askedCode: string }
  | { name: 'rate' }
  | { name: 'reasons'; score: number }
  | { name: 'thanks' }
  | { name: 'supervisor' };

/** Why a ticket could not be printed. */
export type PaperTrouble = 'no-printer' | 'paper-out' | 'not-ready';

/** Idle time after which a visit ends; one that is served or failed ends sooner, a number without paper later: it is to be written down. */
export const IDLE_MS = 60_000;
export const DONE_MS = 20_000;
export const NO_PAPER_MS = 30_000;
const TOUCH_MS = 1_000;

export type LobbyState = {
  step: Step;
  /** When the visit ends by itself; null while nobody has touched the kiosk since the last one. */
  endsAtMs: number | null;
  /** How long the whole of the running count is. */
  lengthMs: number;
  /** What can be done here; null until it was read, which begins when it is first needed. */
  catalogue: Catalogue | null;
  needCatalogue(): void;
  /** Stays as it was first said: the number is being written down. */
  withoutPaper: PaperTrouble | null;
  go(step: Step): void;
  back(): void;
  /** On to the group this procedure belongs to, or to the question which. */
  wishFor(procedure: Pick<Procedure, 'code' | 'field'>, declaration?: Declaration): void;
  choosePriority(priority: Priority): Promise<void>;
  lookUp(code: string, lastDigits: string): Promise<void>;
  rate(rating: Rating): Promise<void>;
  sayWithoutPaper(trouble: PaperTrouble): void;
  /** Ends the visit: the page is loaded anew, and nothing of it is left. */
  end(): void;
  /** Someone is there: the idle time starts again. */
  touch(): void;
};

type Options = { bridge: Pick<Bridge, 'invoke'>; clock: Clock; groups: readonly Pick<QueueGroup, 'id' | 'fields'>[] };

/** Steps nobody is asked anything at. They end by themselves, touched or not. */
const isOver = (step: Step): boolean => step.name === 'done' || step.name === 'failed' || step.name === 'thanks';

export function createLobbyStore({ bridge, clock, groups }: Options): StoreApi<LobbyState> {
  return createStore<LobbyState>()((set, get) => {
    let past: Step[] = [];
    let reading: Promise<void> | undefined;
    const show = (step: Step) => {
      const lengthMs = isOver(step) ? DONE_MS : IDLE_MS;
      set({ step, lengthMs, endsAtMs: clock() + lengthMs });
    };
    const go = (step: Step) => {
      past.push(get().step);
      show(step);
    };
    const askPriority = (groupIds: readonly string[], wish: Wish) => {
      const [only, ...others] = groupIds;
      go(only !== undefined && others.length === 0 ? { name: 'priority', groupId: only, wish } : { name: 'group', wish });
    };
    /** The answer to something that takes a moment is for who asked, not for the next visitor. */
    const forThisVisit = async <T>(asked: Promise<T>, then: (answer: T) => void): Promise<void> => {
      const visit = past;
      const answer = await asked;
      if (visit === past) then(answer);
    };
    return {
      step: { name: 'door' },
      endsAtMs: null,
      lengthMs: IDLE_MS,
      withoutPaper: null,
      catalogue: null,
      needCatalogue() {
        reading ??= bridge.invoke('catalogue:get').then((text) => set({ catalogue: JSON.parse(text) as Catalogue }));
      },
      go(step) {
        if (step.name === 'group' && groups.length === 1) askPriority([groups[0]?.id ?? ''], step.wish);
        else go(step);
      },
      back: () => show(past.pop() ?? { name: 'door' }),
      wishFor(procedure, declaration) {
        const wish: Wish = { procedureCode: procedure.code, ...(declaration === undefined ? {} : { declaration }) };
        const ofField = groups.filter(({ fields }) => fields.includes(procedure.field));
        askPriority(
          (ofField.length > 0 ? ofField : groups).map(({ id }) => id),
          wish,
        );
      },
      async choosePriority(priority) {
        const { step } = get();
        // A second tap while the first is being served must not give a second number.
        if (step.name !== 'priority') return;
        const { groupId, wish } = step;
        go({ name: 'issuing' });
        await forThisVisit(bridge.invoke('lobby:take-ticket', { groupId, priority, ...wish }), (issued) =>
          go(issued.ok ? { name: 'done', ticket: issued.value, isDeclared: wish.declaration !== undefined } : { name: 'failed', failure: issued.failure }),
        );
      },
      async lookUp(code, lastDigits) {
        await forThisVisit(bridge.invoke('lobby:look-up', { code, lastDigits }), (found) =>
          found.ok ? go({ name: 'status', status: found.value, askedCode: code }) : show({ name: 'look-up', failure: found.failure.kind }),
        );
      },
      async rate(rating) {
        if (get().step.name !== 'reasons') return;
        go({ name: 'thanks' });
        await bridge.invoke('lobby:rate', rating);
      },
      sayWithoutPaper(trouble) {
        if (get().step.name !== 'done' || get().withoutPaper !== null) return;
        set({ withoutPaper: trouble, lengthMs: NO_PAPER_MS, endsAtMs: clock() + NO_PAPER_MS });
      },
      end() {
        past = [];
        set({ step: { name: 'door' }, endsAtMs: null, withoutPaper: null });
        void bridge.invoke('lobby:end');
      },
      touch() {
        const { step, endsAtMs } = get();
        if (isOver(step) || step.name === 'issuing') return;
        const next = clock() + IDLE_MS;
        // Every key of a reader is a touch; the screen is not drawn anew for each.
        if (next - (endsAtMs ?? 0) >= TOUCH_MS) set({ lengthMs: IDLE_MS, endsAtMs: next });
      },
    };
  });
}
