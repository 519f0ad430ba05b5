/** What the composition root (`renderer/main.tsx`) hands to every screen; nothing builds itself at import. */
import { createContext, useContext } from 'react';
import type { AppInfo, Bridge } from '../../shared/ipc/contract.ts';
import type { Catalogue } from '../../shared/catalogue/catalogue.ts';
import type { Clock } from '../../shared/lib/time.ts';
import type { DossierRepository } from '../db/dossier-repository.ts';
import type { DraftRepository } from '../db/draft-repository.ts';
import type { Restoring } from '../db/restore.ts';
import type { ScanRepository } from '../db/scan-repository.ts';

export type Services = {
  bridge: Bridge;
  clock: Clock;
  info: AppInfo;
  catalogue: Catalogue;
  dossiers: DossierRepository;
  drafts: DraftRepository;
  scans: ScanRepository;
  /** What a replaced device had, on its way back. */
  restoring: Restoring;
};

const ServicesContext = createContext<Services | null>(null);
export const ServicesProvider = ServicesContext.Provider;

export function useServices(): Services {
  const services = useContext(ServicesContext);
  if (services === null) throw new Error('useServices outside ServicesProvider');
  return services;
}
