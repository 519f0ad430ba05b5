/** Sets up a printer: find it, say what it is, look at a test page, use it. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Failure } from '../../shared/lib/result.ts';
import type { FoundPrinter, PrinterTrial } from '../../shared/printing/found-printer.ts';
import type { PrinterSettings } from '../../shared/settings/settings.ts';
import { useShell } from '../app/shell-context.tsx';
import { useFailureWords } from '../app/useFailureWords.ts';
import { Button } from '../ui/Button.tsx';
import { Checkbox, RadioCards } from '../ui/Choices.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Notice } from '../ui/Notice.tsx';
import { TextField } from '../ui/TextField.tsx';
import { idOf } from './printer-id.ts';
import { PrinterLetters } from './PrinterLetters.tsx';
import styles from './settings.module.css';

const VIRTUAL: FoundPrinter = { name: '', connection: { type: 'virtual', port: 0 }, by: 'address' };

type Chosen = Pick<PrinterSettings, 'name' | 'use' | 'paperWidthMm' | 'driver' | 'mode' | 'cutter' | 'drawer'> & { found: FoundPrinter };

const settingsOf = ({ found, ...chosen }: Chosen, taken: readonly PrinterSettings[]): PrinterSettings => ({
  ...chosen,
  id: idOf(
    chosen.name,
    taken.filter(({ name }) => name !== chosen.name).map(({ id }) => id),
  ),
  connection: found.connection,
  status: 'auto',
});

type WizardProps = { printers: readonly PrinterSettings[]; onUse: (printers: PrinterSettings[]) => void; onClose: () => void };

export function PrinterWizard({ printers, onUse, onClose }: WizardProps) {
  const { t } = useTranslation('printer-setup');
  const { bridge } = useShell();
  const words = useFailureWords();
  const [address, setAddress] = useState('');
  const [found, setFound] = useState<FoundPrinter[] | null>(null);
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [trial, setTrial] = useState<PrinterTrial | null>(null);
  const [isChoosingLetters, setIsChoosingLetters] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [busy, setBusy] = useState<'find' | 'try' | 'use' | null>(null);

  const find = async () => {
    setBusy('find');
    setFound(await bridge.invoke('printing:find', { address: address.trim() }));
    setBusy(null);
  };
  const choose = (printer: FoundPrinter) => {
    setTrial(null);
    setIsChoosingLetters(false);
    setChosen({
      found: printer,
      name: printer.connection.type === 'virtual' ? t('virtual') : printer.name.slice(0, 100),
      use: 'thermal',
      paperWidthMm: 80,
      driver: 'epson',
      mode: 'raster',
      cutter: true,
      drawer: false,
    });
  };
  const change = (part: Partial<Chosen>) => {
    // What was seen on paper holds for this width and model only.
    if (chosen !== null) setChosen({ ...chosen, mode: 'raster', ...part });
    setIsChoosingLetters(false);
    setTrial(null);
  };
  const tryOut = async () => {
    if (chosen === null) return;
    setBusy('try');
    const tried = await bridge.invoke('printing:try', { printer: settingsOf(chosen, printers) });
    setTrial(tried.ok ? tried.value : null);
    setFailure(tried.ok ? null : tried.failure);
    setBusy(null);
  };
  const use = async () => {
    if (chosen === null) return;
    setBusy('use');
    const printer = settingsOf(chosen, printers);
    // The newest is the one papers go to; a virtual printer gives way to a real one.
    const others = printers.filter(({ id, use: purpose, connection }) => id !== printer.id && !(purpose === printer.use && connection.type === 'virtual'));
    const all = [printer, ...others];
    const used = await bridge.invoke('printing:use', { printers: all });
    setBusy(null);
    if (!used.ok) return setFailure(used.failure);
    onUse(all);
    onClose();
  };

  const places = [...(found ?? []), VIRTUAL];
  const isDocument = chosen?.use === 'document';
  const mayUse = chosen !== null && chosen.name.trim() !== '' && (isDocument || (trial !== null && trial.outcome !== 'not-sent'));
  return (
    <Dialog
      isOpen
      size="large"
      title={t('title')}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t('cancel')}</Button>
          {!isDocument && (
            <Button onPress={() => void tryOut()} isDisabled={chosen === null || busy !== null} isPending={busy === 'try'}>
              {t('try')}
            </Button>
          )}
          <Button variant="primary" onPress={() => void use()} isDisabled={!mayUse || busy !== null} isPending={busy === 'use'}>
            {t('use')}
          </Button>
        </>
      }
    >
      <div className={styles.wizard}>
        <div className={styles.search}>
          <TextField label={t('address')} description={t('addressHint')} value={address} onChange={setAddress} onSubmit={() => void find()} maxLength={255} />
          <Button onPress={() => void find()} isPending={busy === 'find'} isDisabled={busy !== null}>
            {t('find')}
          </Button>
        </div>
        {found !== null && found.length === 0 && <Notice tone="warning" title={t('nothing')} />}
        <RadioCards
          isStacked
          label={t('which')}
          value={chosen === null ? null : String(places.findIndex(({ connection }) => JSON.stringify(connection) === JSON.stringify(chosen.found.connection)))}
          onChange={(at) => choose(places[Number(at)] ?? VIRTUAL)}
          options={places.map((printer, at) => ({
            value: String(at),
            label: printer.connection.type === 'virtual' ? t('virtual') : printer.name,
            hint: printer.connection.type === 'virtual' ? t('virtualHint') : t(`by.${printer.by}`),
          }))}
        />
        {chosen !== null && (
          <>
            <TextField label={t('name')} value={chosen.name} onChange={(name) => change({ name })} maxLength={100} isRequired />
            {chosen.found.connection.type === 'queue' && (
              <RadioCards
                label={t('purpose.name')}
                value={chosen.use}
                onChange={(purpose) => change({ use: purpose })}
                options={(['thermal', 'document'] as const).map((value) => ({ value, label: t(`purpose.${value}`) }))}
              />
            )}
            {!isDocument && (
              <>
                <RadioCards
                  label={t('width')}
                  value={String(chosen.paperWidthMm) as '80' | '58'}
                  onChange={(mm) => change({ paperWidthMm: mm === '80' ? 80 : 58 })}
                  options={(['80', '58'] as const).map((value) => ({ value, label: `${value} mm` }))}
                />
                <RadioCards
                  label={t('model.name')}
                  value={chosen.driver}
                  onChange={(driver) => change({ driver })}
                  options={(['epson', 'star', 'generic'] as const).map((value) => ({ value, label: t(`model.${value}`), hint: t(`model.${value}Hint`) }))}
                />
                <Checkbox isSelected={chosen.cutter} onChange={(cutter) => change({ cutter })}>
                  {t('cutter')}
                </Checkbox>
                <Checkbox isSelected={chosen.drawer} onChange={(drawer) => change({ drawer })}>
                  {t('drawer')}
                </Checkbox>
              </>
            )}
          </>
        )}
        {(trial !== null || failure !== null) && (
          <div ref={(element) => element?.scrollIntoView({ block: 'nearest' })}>
            {trial !== null && (
              <Notice tone={trial.outcome === 'printed' ? 'ok' : 'warning'} title={t(`trial.${trial.outcome}`)}>
                {trial.problem === undefined ? t('look') : t(`problem.${trial.problem}`)}
              </Notice>
            )}
            {failure !== null && <Notice tone="danger" title={words(failure)} />}
          </div>
        )}
        {chosen !== null && trial?.outcome === 'printed' && chosen.driver !== 'star' && (
          <>
            <Checkbox
              isSelected={isChoosingLetters}
              onChange={(isOn) => {
                setIsChoosingLetters(isOn);
                setChosen({ ...chosen, mode: 'raster' });
              }}
            >
              {t('letters.useThem')}
            </Checkbox>
            {isChoosingLetters && (
              <PrinterLetters printer={settingsOf(chosen, printers)} mode={chosen.mode} onChange={(mode) => setChosen({ ...chosen, mode })} />
            )}
          </>
        )}
      </div>
    </Dialog>
  );
}
