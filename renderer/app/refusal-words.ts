/** What the province refused, in words: the reason by its code, the field by the label it has on screen. */
import type { TFunction } from 'i18next';

type Exists = (key: string) => boolean;

export const reasonWords = (reason: string, t: TFunction, exists: Exists): string =>
  exists(`sync:needsFix.reason.${reason}`) ? t(`sync:needsFix.reason.${reason}`) : reason;

/** `/dossier/applicant/idNumber` → "Số định danh"; a field without a label keeps its path. */
export function fieldWords(pointer: string, t: TFunction, exists: Exists): string {
  const steps = pointer.split('/').filter((step) => step !== '' && step !== 'dossier');
  const label = `dossiers:party.${steps.at(-1)}`;
  return exists(label) ? t(label) : steps.join(' › ');
}
