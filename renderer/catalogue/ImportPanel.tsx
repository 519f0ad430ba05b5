/** Brings in a province's catalogue: check the file, show every mistake, change nothing before the officer says so. */
import { useState } from 'react';
import { FileTrigger } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import type { Failure } from '../../shared/lib/result.ts';
import { useServices } from '../app/services.tsx';
import { useFailureWords } from '../app/useFailureWords.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Notice } from '../ui/Notice.tsx';
import { Panel } from '../ui/Panel.tsx';
import { Progress, useIsLate } from '../ui/Progress.tsx';
import { readCatalogueFile, templateFile, type ImportReport } from './read-catalogue.ts';
import styles from './catalogue.module.css';

type Phase =
  | { name: 'idle' }
  | { name: 'reading' }
  | { name: 'report'; report: ImportReport }
  | { name: 'failed'; failure: Failure }
  | { name: 'installed'; version: string };

export function ImportPanel() {
  const { t, i18n } = useTranslation('catalogue');
  const words = useFailureWords();
  const { bridge, info, catalogue, clock } = useServices();
  const [phase, setPhase] = useState<Phase>({ name: 'idle' });
  const [isTemplateSaved, setIsTemplateSaved] = useState(false);

  if (info.settings.role !== 'officer')
    return (
      <Panel title={t('import.title')}>
        <p>{t('import.notAllowed')}</p>
      </Panel>
    );

  const read = async (file: File) => {
    setIsTemplateSaved(false);
    setPhase({ name: 'reading' });
    const report = await readCatalogueFile(file, catalogue, clock());
    setPhase(report.ok ? { name: 'report', report: report.value } : { name: 'failed', failure: report.failure });
  };
  const install = async (report: ImportReport) => {
    const installed = await bridge.invoke('catalogue:install', { catalogue: report.catalogue });
    setPhase(installed.ok ? { name: 'installed', version: installed.value.version } : { name: 'failed', failure: installed.failure });
  };
  const saveTemplate = async () => {
    const bytes = await templateFile(catalogue, (column) => (i18n.exists(`catalogue:column.${column}`) ? t(`column.${column}`) : column));
    const saved = await bridge.invoke('app:save-file', { suggestedName: t('import.templateName'), bytes });
    if (!saved.ok) setPhase({ name: 'failed', failure: saved.failure });
    else setIsTemplateSaved(saved.value.saved);
  };

  return (
    <Panel title={t('import.title')}>
      <p>{t('import.words')}</p>
      <div className={styles.buttons}>
        <FileTrigger
          acceptedFileTypes={['.json', '.xlsx']}
          onSelect={(files) => {
            const file = files?.[0];
            if (file !== undefined) void read(file);
          }}
        >
          <Button variant="primary">{t('import.choose')}</Button>
        </FileTrigger>
        <Button onPress={() => void saveTemplate()}>{t('import.template')}</Button>
      </div>
      {isTemplateSaved && <Notice tone="ok" title={t('import.templateSaved')} />}
      {phase.name === 'reading' && <Reading />}
      {phase.name === 'failed' && <Notice tone="danger" title={words(phase.failure)} />}
      {phase.name === 'installed' && <Notice tone="ok" title={t('import.installed', { version: phase.version })} />}
      {phase.name === 'report' && <Report report={phase.report} onInstall={() => void install(phase.report)} onCancel={() => setPhase({ name: 'idle' })} />}
    </Panel>
  );
}

function Reading() {
  const { t } = useTranslation('catalogue');
  return useIsLate() ? <Progress label={t('import.reading')} /> : null;
}

const LISTED = 100;

function Report({ report, onInstall, onCancel }: { report: ImportReport; onInstall: () => void; onCancel: () => void }) {
  const { t } = useTranslation('catalogue');
  const { catalogue: current } = useServices();
  const [isAsking, setIsAsking] = useState(false);
  const { catalogue, problems, good } = report;
  const canInstall = good > 0;

  return (
    <>
      {problems.length === 0 ? (
        <Notice tone="ok" title={t('import.allGood', { count: good })} />
      ) : (
        <Notice tone={canInstall ? 'warning' : 'danger'} title={canInstall ? t('import.someBad', { good, bad: problems.length }) : t('import.noneGood')}>
          {canInstall ? t('import.someBadWords') : t('import.noneGoodWords')}
        </Notice>
      )}
      {problems.length > 0 && <Problems problems={problems} />}
      <div className={styles.buttons}>
        <Button onPress={onCancel}>{t('import.cancel')}</Button>
        {canInstall && <Button onPress={() => setIsAsking(true)}>{problems.length === 0 ? t('import.install') : t('import.keepGood', { count: good })}</Button>}
      </div>
      <Dialog
        role="alertdialog"
        isOpen={isAsking}
        title={t('import.confirmTitle')}
        onClose={() => setIsAsking(false)}
        actions={
          <>
            <Button autoFocus onPress={() => setIsAsking(false)}>
              {t('import.confirmNo')}
            </Button>
            <Button
              variant="primary"
              onPress={() => {
                setIsAsking(false);
                onInstall();
              }}
            >
              {t('import.confirmYes')}
            </Button>
          </>
        }
      >
        <p>{t('import.confirmWords', { from: current.version, fromCount: current.procedures.length, to: catalogue.version, toCount: good })}</p>
        {problems.length > 0 && <p>{t('import.confirmBad', { count: problems.length })}</p>}
      </Dialog>
    </>
  );
}

function Problems({ problems }: Pick<ImportReport, 'problems'>) {
  const { t } = useTranslation('catalogue');
  const isWorkbook = problems.some((problem) => problem.row !== undefined);
  const rest = problems.length - LISTED;
  return (
    <>
      <table className={styles.problems}>
        <thead>
          <tr>
            {isWorkbook && <th scope="col">{t('import.sheet')}</th>}
            {isWorkbook && (
              <th scope="col" className={styles.figure}>
                {t('import.row')}
              </th>
            )}
            <th scope="col">{t(isWorkbook ? 'import.column' : 'import.place')}</th>
            <th scope="col">{t('import.reason')}</th>
          </tr>
        </thead>
        <tbody>
          {problems.slice(0, LISTED).map((problem, index) => (
            <tr key={index}>
              {isWorkbook && <td>{problem.sheet}</td>}
              {isWorkbook && <td className={styles.figure}>{problem.row}</td>}
              <td className={styles.place}>{problem.column}</td>
              <td>{t(`import.why.${problem.reason}`, { value: problem.value ?? '–' })}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {rest > 0 && <p>{t('import.more', { count: rest })}</p>}
    </>
  );
}
