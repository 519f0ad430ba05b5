/** Finds the catalogue an intake began with; one that chose no procedure yet begins with the catalogue in force. */
import type { Catalogue } from '../../shared/catalogue/catalogue.ts';
import type { Draft } from '../../shared/dossiers/draft.ts';
import type { Services } from '../app/services.tsx';

/** A version this device no longer has is judged by the one in force, as any intake begun now. */
export async function catalogueOf(draft: Draft | undefined, { catalogue, bridge }: Pick<Services, 'catalogue' | 'bridge'>): Promise<Catalogue> {
  const version = draft?.procedureCode === undefined ? undefined : draft.catalogueVersion;
  if (version === undefined || version === catalogue.version) return catalogue;
  const text = await bridge.invoke('catalogue:version', { version });
  return text === null ? catalogue : (JSON.parse(text) as Catalogue);
}
