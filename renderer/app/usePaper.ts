/** Has a paper printed or saved, and keeps what came of it for the screen. */
import { useState } from 'react';
import type { Failure } from '../../shared/lib/result.ts';
import type { PaperDestination, PaperRequest } from '../../shared/printing/request.ts';
import { useShell } from './shell-context.tsx';

export type PaperOutcome = { to: PaperDestination } | { failure: Failure } | null;

export function usePaper() {
  const { bridge } = useShell();
  const [outcome, setOutcome] = useState<PaperOutcome>(null);
  const [isBusy, setIsBusy] = useState(false);
  const print = async (request: PaperRequest, to: PaperDestination, size: 'A4' | 'A5' = 'A5') => {
    setIsBusy(true);
    const printed = await bridge.invoke('printing:paper', { request, to, size });
    setIsBusy(false);
    setOutcome(!printed.ok ? { failure: printed.failure } : printed.value.saved ? { to } : null);
  };
  return { print, outcome, isBusy, forget: () => setOutcome(null) };
}
