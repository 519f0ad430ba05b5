/** One search index a catalogue, shared by the screens and built when first asked, so that they are drawn before. */
import type { Catalogue } from '../../shared/catalogue/catalogue.ts';
import { createProcedureSearch, type ProcedureSearch } from '../../shared/catalogue/search.ts';

const indexes = new WeakMap<Catalogue, ProcedureSearch>();

export function searchOf(catalogue: Catalogue): ProcedureSearch {
  const known = indexes.get(catalogue);
  if (known !== undefined) return known;
  const made = createProcedureSearch(catalogue.procedures);
  indexes.set(catalogue, made);
  return made;
}
