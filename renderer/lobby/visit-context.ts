/** The visit that is going on, as the steps see it. */
import { createContext, useContext, useEffect } from 'react';
import { useStore } from 'zustand';
import type { StoreApi } from 'zustand/vanilla';
import type { Catalogue } from '../../shared/catalogue/catalogue.ts';
import { usePrinting } from '../app/shell-context.tsx';
import type { LobbyState } from './lobby-store.ts';

const VisitContext = createContext<StoreApi<LobbyState> | null>(null);
export const VisitProvider = VisitContext.Provider;

export function useVisit(): LobbyState {
  const store = useContext(VisitContext);
  if (store === null) throw new Error('a step outside the lobby');
  return useStore(store);
}

/** Null until it was read. */
export function useCatalogue(): Catalogue | null {
  const { catalogue, needCatalogue } = useVisit();
  useEffect(needCatalogue, [needCatalogue]);
  return catalogue;
}

/** Also while nothing is known yet: the ticket is then tried, and the citizen told as soon as there is no paper. */
export function useCanPrint(): boolean {
  const printers = usePrinting()?.printers;
  return printers === undefined || printers.some(({ medium, status }) => medium === 'roll' && (status === 'ready' || status === 'paper-near-end'));
}
