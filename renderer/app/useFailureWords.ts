import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { Failure } from '../../shared/lib/result.ts';

/** Turns the `kind` of a failure into words an officer can act on. */
export function useFailureWords(): (failure: Failure) => string {
  const { t, i18n } = useTranslation('errors');
  return useCallback(
    (failure) => (i18n.exists(`errors:${failure.kind}`) ? t(failure.kind, { ...failure.details }) : t('unknown', { kind: failure.kind })),
    [t, i18n],
  );
}
