import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { Failure } from '../../shared/lib/result.ts';
import { MAX_SCAN_BYTES } from '../../shared/scanning/scan.ts';

/** Why a scan was refused and what to do, in words. */
export function useScanFailureWords(): (failure: Failure) => string {
  const { t, i18n } = useTranslation('scanning');
  return useCallback(({ kind, details }) => (i18n.exists(`scanning:failure.${kind}`) ? t(`failure.${kind}`, { maxMb: MAX_SCAN_BYTES / 1024 / 1024, ...details }) : t('failure.other', { kind })), [t, i18n]);
}
