/** The printers of this device: which are in use, setting one up, and what its papers look like. */
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { PrinterSettings } from '../../shared/settings/settings.ts';
import { useShell } from '../app/shell-context.tsx';
import { Button } from '../ui/Button.tsx';
import { Chip } from '../ui/Chip.tsx';
import { Panel } from '../ui/Panel.tsx';
import { PrinterLettersDialog } from './PrinterLetters.tsx';
import { PrinterWizard } from './PrinterWizard.tsx';
import styles from './settings.module.css';

export function PrintersPanel({ maySetUp }: { maySetUp: boolean }) {
  const { t } = useTranslation(['settings', 'printer-setup']);
  const { bridge, info } = useShell();
  const [printers, setPrinters] = useState<PrinterSettings[]>(info.settings.printers);
  const [isSettingUp, setIsSettingUp] = useState(false);
  const [lettersOf, setLettersOf] = useState<PrinterSettings | null>(null);
  useEffect(() => {
    if (maySetUp) void bridge.invoke('printing:printers').then(setPrinters);
  }, [bridge, maySetUp]);

  const where = ({ connection }: PrinterSettings): string => {
    switch (connection.type) {
      case 'tcp':
        return `${connection.host}:${connection.port}`;
      case 'device':
        return connection.path;
      case 'queue':
        return t('printers.queue', { name: connection.name });
      case 'virtual':
        return t('printers.virtual');
    }
  };
  return (
    <Panel title={t('printers.heading')}>
      {printers.length === 0 ? (
        <p className={styles.intro}>{t('printers.none')}</p>
      ) : (
        <ul className={styles.list}>
          {printers.map((printer) => (
            <li key={printer.id} className={styles.device}>
              <b>{printer.name}</b>
              <span className={styles.intro}>
                {printer.use === 'document' ? t('printers.document') : t('printers.paper', { mm: printer.paperWidthMm })} · {where(printer)}
              </span>
              {printer.connection.type === 'virtual' && <Chip tone="warning">{t('printers.demo')}</Chip>}
              {printer.mode !== 'raster' && <Chip tone="neutral">{t(`printer-setup:letters.codePage.${printer.mode.text}`)}</Chip>}
              {maySetUp && printer.use === 'thermal' && printer.driver !== 'star' && (
                <Button onPress={() => setLettersOf(printer)}>{t('printer-setup:letters.open')}</Button>
              )}
            </li>
          ))}
        </ul>
      )}
      {maySetUp && (
        <div className={styles.buttons}>
          <Button onPress={() => void bridge.invoke('printing:preview')}>{t('printers.preview')}</Button>
          <Button onPress={() => setIsSettingUp(true)}>{t('printers.setUp')}</Button>
        </div>
      )}
      {lettersOf !== null && <PrinterLettersDialog printer={lettersOf} printers={printers} onUse={setPrinters} onClose={() => setLettersOf(null)} />}
      {isSettingUp && <PrinterWizard printers={printers} onUse={setPrinters} onClose={() => setIsSettingUp(false)} />}
    </Panel>
  );
}
