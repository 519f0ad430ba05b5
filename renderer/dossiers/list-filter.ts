/** Which dossiers the list shows. Kept while one moves about, in memory only: what is looked for may be a citizen's name. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { DossierStatus } from '../db/database.ts';
import type { DossierQuery } from '../db/dossier-repository.ts';
import { DAY_MS, instantOf } from '../../shared/lib/time.ts';
import { parseTypedDate } from '../ui/typed-date.ts';

/** `from` and `to`: days of acceptance, both included; what is typed but no date yet is kept as it is. */
export type ListFilter = { text: string; from: string | undefined; to: string | undefined; status: DossierStatus | 'all' };

export const unfiltered = { from: undefined, to: undefined, status: 'all' } as const satisfies Partial<ListFilter>;

export type ListFilterState = { filter: ListFilter; choose(part: Partial<ListFilter>): void };

export const createListFilter = (): StoreApi<ListFilterState> =>
  createStore<ListFilterState>()((set) => ({
    filter: { text: '', ...unfiltered },
    choose: (part) => set(({ filter }) => ({ filter: { ...filter, ...part } })),
  }));

export const isFiltered = ({ from, to, status }: ListFilter): boolean => from !== undefined || to !== undefined || status !== 'all';

const startOf = (typed: string | undefined): number | undefined => {
  const date = typed === undefined ? undefined : parseTypedDate(typed);
  return date === undefined ? undefined : instantOf(date, '00:00');
};

/** A date that is none yet does not narrow the list. */
export function queryOf({ text, from, to, status }: ListFilter): Pick<DossierQuery, 'text' | 'fromMs' | 'toMs' | 'status'> {
  const lastMs = startOf(to);
  return {
    text,
    fromMs: startOf(from),
    toMs: lastMs === undefined ? undefined : lastMs + DAY_MS,
    status: status === 'all' ? undefined : status,
  };
}

export type DateFault = 'no-date' | 'before-from';

export function faultsOf({ from, to }: Pick<ListFilter, 'from' | 'to'>): { from?: DateFault; to?: DateFault } {
  const [fromMs, toMs] = [startOf(from), startOf(to)];
  return {
    ...(from !== undefined && fromMs === undefined && { from: 'no-date' }),
    ...(to !== undefined && toMs === undefined && { to: 'no-date' }),
    ...(fromMs !== undefined && toMs !== undefined && toMs < fromMs && { to: 'before-from' }),
  };
}
