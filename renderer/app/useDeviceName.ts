import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';

/** A counter with a name of its own needs no word before it. */
const LONGEST_NUMBER = 4;

/** Turns what a device of the office calls itself (`1`, `lobby K`, `board 1`) into words. */
export function useDeviceName(): (name: string) => string {
  const { t } = useTranslation('pairing');
  return useCallback(
    (name) => {
      const [, role, counter] = /^(lobby|board) (.+)$/u.exec(name) ?? [];
      if (role !== undefined) return t(`device.${role}`, { counter });
      return name.length > LONGEST_NUMBER ? name : t('device.counter', { counter: name });
    },
    [t],
  );
}
