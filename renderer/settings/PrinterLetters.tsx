/** Whether a printer gets dots or prints in letters of its own: every code page is tried on paper, and an officer's eyes decide. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Failure } from '../../shared/lib/result.ts';
import { lettersAt, usualLetters, type PrinterLetters as Letters } from '../../shared/printing/code-pages.ts';
import type { PrinterTrial } from '../../shared/printing/found-printer.ts';
import type { PrinterSettings } from '../../shared/settings/settings.ts';
import { useShell } from '../app/shell-context.tsx';
import { useFailureWords } from '../app/useFailureWords.ts';
import { Button } from '../ui/Button.tsx';
import { RadioCards } from '../ui/Choices.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Notice } from '../ui/Notice.tsx';
import { TextField } from '../ui/TextField.tsx';
import styles from './settings.module.css';

type Mode = PrinterSettings['mode'];
const isSame = (mode: Mode, letters: Letters): boolean => mode !== 'raster' && mode.text === letters.text && mode.table === letters.table;

/** The number in the printer's manual first, then the usual ones. */
const candidatesFor = (table: string): Letters[] => {
  const typed = /^\d{1,3}$/u.test(table.trim()) && Number(table) <= 254 ? lettersAt(Number(table)) : [];
  return [...typed, ...usualLetters.filter((letters) => !typed.some((one) => isSame(one, letters)))];
};

/** `printer`: as it is set up so far; a Star gets dots only. */
export function PrinterLetters({ printer, mode, onChange }: { printer: PrinterSettings; mode: Mode; onChange: (mode: Mode) => void }) {
  const { t } = useTranslation('printer-setup');
  const { bridge } = useShell();
  const words = useFailureWords();
  const [table, setTable] = useState('');
  const [printed, setPrinted] = useState<Letters[] | null>(null);
  const [trial, setTrial] = useState<PrinterTrial | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [isBusy, setIsBusy] = useState(false);

  const print = async () => {
    const letters = candidatesFor(table);
    setIsBusy(true);
    const tried = await bridge.invoke('printing:try', { printer: { ...printer, mode: 'raster' }, letters });
    setIsBusy(false);
    setFailure(tried.ok ? null : tried.failure);
    setTrial(tried.ok ? tried.value : null);
    if (tried.ok && tried.value.outcome !== 'not-sent') setPrinted(letters);
  };

  const shown = printed ?? (mode === 'raster' ? [] : [mode]);
  const at = shown.findIndex((letters) => isSame(mode, letters));
  return (
    <>
      <p className={styles.intro}>{t('letters.words')}</p>
      <div className={styles.search}>
        <TextField label={t('letters.table')} description={t('letters.tableHint')} value={table} onChange={setTable} inputMode="numeric" maxLength={3} />
        <Button onPress={() => void print()} isPending={isBusy} isDisabled={isBusy}>
          {t('letters.try')}
        </Button>
      </div>
      {trial !== null && trial.outcome !== 'printed' && (
        <Notice tone="warning" title={t(`trial.${trial.outcome}`)}>
          {trial.problem !== undefined && t(`problem.${trial.problem}`)}
        </Notice>
      )}
      {failure !== null && <Notice tone="danger" title={words(failure)} />}
      {shown.length > 0 && (
        <RadioCards
          label={t(printed === null ? 'letters.inUse' : 'letters.which')}
          value={mode === 'raster' ? 'raster' : String(at)}
          onChange={(chosen) => onChange(chosen === 'raster' ? 'raster' : (shown[Number(chosen)] ?? 'raster'))}
          options={[
            ...shown.map((letters, index) => ({
              value: String(index),
              label: printed === null ? t(`letters.codePage.${letters.text}`) : t('letters.number', { number: index + 1 }),
              hint: t('letters.of', { codePage: t(`letters.codePage.${letters.text}`), table: letters.table }),
            })),
            { value: 'raster', label: t('letters.none'), hint: t('letters.noneHint') },
          ]}
        />
      )}
    </>
  );
}

type DialogProps = { printer: PrinterSettings; printers: readonly PrinterSettings[]; onUse: (printers: PrinterSettings[]) => void; onClose: () => void };

/** The same for a printer already in use. */
export function PrinterLettersDialog({ printer, printers, onUse, onClose }: DialogProps) {
  const { t } = useTranslation('printer-setup');
  const { bridge } = useShell();
  const words = useFailureWords();
  const [mode, setMode] = useState<Mode>(printer.mode);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [isBusy, setIsBusy] = useState(false);

  const save = async () => {
    const all = printers.map((one) => (one.id === printer.id ? { ...one, mode } : one));
    setIsBusy(true);
    const used = await bridge.invoke('printing:use', { printers: all });
    setIsBusy(false);
    if (!used.ok) return setFailure(used.failure);
    onUse(all);
    onClose();
  };
  return (
    <Dialog
      isOpen
      size="large"
      title={t('letters.title', { name: printer.name })}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t('cancel')}</Button>
          <Button variant="primary" onPress={() => void save()} isPending={isBusy} isDisabled={isBusy}>
            {t('letters.save')}
          </Button>
        </>
      }
    >
      <div className={styles.wizard}>
        <PrinterLetters printer={printer} mode={mode} onChange={setMode} />
        {failure !== null && <Notice tone="danger" title={words(failure)} />}
      </div>
    </Dialog>
  );
}
