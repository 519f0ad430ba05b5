/** The visit that is going on, as the steps see it. */
import { createContext, useContext, useEffect } from 'react';
import { useStore } from 'zustand';
import type { StoreApi } from 'zustand/vanilla';
import type { Catalogue } from '../../shared/catalogue/catalogue.ts';
import type { QueueLink } from '../../shared/queue/view.ts';
import { usePrinting, useQueue } from '../app/shell-context.tsx';
import type { LobbyState, PaperTrouble } from './lobby-store.ts';

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

/** Why no paper comes out; null while one does, or while nothing is known yet: the ticket is then tried, and the citizen told as soon as there is no paper. */
export function usePaperTrouble(): PaperTrouble | null {
  const printers = usePrinting()?.printers.filter(({ medium }) => medium === 'roll');
  if (printers === undefined || printers.some(({ status }) => status === 'ready' || status === 'paper-near-end')) return null;
  if (printers.length === 0) return 'no-printer';
  return printers.some(({ status }) => status === 'paper-out') ? 'paper-out' : 'not-ready';
}

/** Why nobody gets a number here; null while one is given, with or without a hub. */
export function useClosure(): 'doors-closed' | 'no-hub' | null {
  const queue = useQueue();
  if (queue === null) return null;
  if (queue.isClosed) return 'doors-closed';
  return isConnected(queue.link) || queue.link.hasOwnNumbers ? null : 'no-hub';
}

/** Whether whoever calls the numbers hears of those given here. */
export const isConnected = ({ standing }: QueueLink): boolean => standing === 'leading' || standing === 'following';
