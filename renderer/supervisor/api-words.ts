import { useTranslation } from 'react-i18next';
import type { ApiFailure } from './province-api.ts';

/** The failure in words someone can act on. */
export function useApiWords(): (failure: ApiFailure) => string {
  const { t } = useTranslation('supervisor');
  return ({ kind, details }) => t(`failure.${kind}`, { minutes: Math.max(1, Math.ceil(Number(details?.['seconds'] ?? 60) / 60)) });
}
