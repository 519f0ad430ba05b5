/** What every role's screens share: the bridge, the settings, and the live state of the world. */
import { createContext, useContext, useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { StoreApi } from 'zustand/vanilla';
import type { AppInfo, Bridge } from '../../shared/ipc/contract.ts';
import type { Clock } from '../../shared/lib/time.ts';
import type { PrintingState } from '../../shared/printing/paper.ts';
import type { PublicationsState } from '../../shared/publications/publication.ts';
import type { PublicBoard, QueueView } from '../../shared/queue/view.ts';
import type { SyncState } from '../../shared/sync/state.ts';
import type { ListFilterState } from '../dossiers/list-filter.ts';
import type { UpstreamsState } from '../../shared/upstreams/upstream.ts';
import type { Live } from './live-state.ts';
import type { Preferences } from './preferences.ts';
import type { RouteState } from './route.ts';

export type Shell = {
  bridge: Bridge;
  clock: Clock;
  info: AppInfo;
  route: StoreApi<RouteState>;
  preferences: StoreApi<Preferences>;
  listFilter: StoreApi<ListFilterState>;
  queue: Live<QueueView>;
  /** Null for every role but the board. */
  board: Live<PublicBoard> | null;
  /** Null for roles that may not ask. */
  printing: Live<PrintingState> | null;
  sync: Live<SyncState> | null;
  upstreams: Live<UpstreamsState> | null;
  publications: Live<PublicationsState> | null;
};

const ShellContext = createContext<Shell | null>(null);
export const ShellProvider = ShellContext.Provider;

export function useShell(): Shell {
  const shell = useContext(ShellContext);
  if (shell === null) throw new Error('useShell outside ShellProvider');
  return shell;
}

const useLive = <T,>(live: Live<T> | null): T | null => {
  if (live === null) throw new Error('this role may not see that state');
  return useStore(live, (state) => state.value);
};

export const useQueue = (): QueueView | null => useLive(useShell().queue);
export const useBoard = (): PublicBoard | null => useLive(useShell().board);
export const usePrinting = (): PrintingState | null => useLive(useShell().printing);
export const useSync = (): SyncState | null => useLive(useShell().sync);
export const useUpstreams = (): UpstreamsState | null => useLive(useShell().upstreams);
export const usePublications = (): PublicationsState | null => useLive(useShell().publications);
export const useRoute = (): RouteState => useStore(useShell().route);
export const usePreferences = (): Preferences => useStore(useShell().preferences);

/** The time, renewed every `everyMs`. */
export function useNow(everyMs: number): number {
  const { clock } = useShell();
  const [nowMs, setNowMs] = useState(clock);
  useEffect(() => {
    const timer = setInterval(() => setNowMs(clock()), everyMs);
    return () => clearInterval(timer);
  }, [clock, everyMs]);
  return nowMs;
}
