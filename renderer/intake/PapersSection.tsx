/** Part 4: the checklist of papers, counted and scanned; what is missing is named and either blocks or is recorded as owed. */
import { useDeferredValue, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { draftPaperOf, extraPapersOf } from '../../shared/dossiers/intake-from-draft.ts';
import type { PaperRequirement } from '../../shared/catalogue/catalogue.ts';
import { CameraDialog } from '../scanning/CameraDialog.tsx';
import { ScanDialog } from '../scanning/ScanDialog.tsx';
import { Button } from '../ui/Button.tsx';
import { Icon } from '../ui/Icon.tsx';
import { TextField } from '../ui/TextField.tsx';
import { useShortcut } from '../ui/useShortcut.ts';
import { useIntake, useIntakeStore, useProblems, useReview } from './intake-context.tsx';
import { PaperRow } from './PaperRow.tsx';
import { Section } from './Section.tsx';
import { useCaptureTarget } from './useCaptureTarget.ts';
import styles from './PapersSection.module.css';

/** Alternatives follow one another under one heading. */
function grouped(requirements: readonly PaperRequirement[]): PaperRequirement[][] {
  const groups = new Map<string, PaperRequirement[]>();
  for (const requirement of requirements) {
    const key = requirement.oneOfGroup ?? `/${requirement.id}`;
    groups.set(key, [...(groups.get(key) ?? []), requirement]);
  }
  return [...groups.values()];
}

export function PapersSection() {
  const { t } = useTranslation(['intake', 'scanning']);
  const store = useIntakeStore();
  const { resolved: newest } = useReview('resolved');
  const resolved = useDeferredValue(newest, undefined);
  const missing = useProblems(['papers']);
  const papers = useIntake((state) => state.draft.papers);
  const showsAll = useIntake((state) => state.showsAllProblems);
  const [extraName, setExtraName] = useState('');

  const requirements = resolved?.papers ?? [];
  const extra = extraPapersOf(requirements, papers);
  const { rows, camera, scanner, open, close } = useCaptureTarget(requirements);

  const capture = (by: 'camera' | 'scanner') => {
    const focused = document.activeElement?.closest<HTMLElement>('[data-paper]')?.dataset['paper'];
    const wanted =
      rows.find(({ requirementId }) => requirementId === focused) ??
      rows.find(({ requirementId }) => missing.some(({ field }) => field === `papers.${requirementId}`)) ??
      rows.find(({ pages }) => pages === 0) ??
      rows[0];
    if (wanted !== undefined) open(by, wanted.requirementId);
  };
  useShortcut('F8', () => capture('camera'), { label: t('scanning:shortcut'), isEnabled: rows.length > 0 });
  useShortcut('Shift+F8', () => capture('scanner'), { label: t('scanning:shortcut-scanner'), isEnabled: rows.length > 0 });

  const addExtra = () => {
    if (extraName.trim() === '') return;
    store.addPaper(extraName.trim());
    setExtraName('');
  };

  if (resolved === undefined) return null;
  const scans = papers.reduce((sum, paper) => sum + paper.pages.length, 0);
  return (
    <Section
      number={4}
      title={t('section.papers')}
      isDone={missing.length === 0}
      summary={[missing.length > 0 && t('papers.missing', { count: missing.length }), scans > 0 && t('papers.scans', { count: scans })]
        .filter(Boolean)
        .join(' · ')}
    >
      {requirements.length === 0 && <p className={styles.quiet}>{t('papers.none')}</p>}
      <ul className={styles.papers}>
        {grouped(requirements).map((group) => {
          const problem = missing.find(({ field }) => group.some(({ id }) => field === `papers.${id}`));
          const rows = group.map((requirement) => (
            <PaperRow
              key={requirement.id}
              requirement={requirement}
              paper={draftPaperOf(requirement, papers)}
              problem={problem}
              isUrgent={showsAll}
              onCapture={(by) => open(by, requirement.id)}
            />
          ));
          if (group.length === 1) return rows;
          return (
            <li key={group[0]?.oneOfGroup} className={styles.group}>
              <p className={styles.groupTitle}>{t('papers.one-of')}</p>
              <ul className={styles.papers}>{rows}</ul>
            </li>
          );
        })}
        {extra.map((paper) => (
          <PaperRow key={paper.requirementId} paper={paper} isUrgent={false} onCapture={(by) => open(by, paper.requirementId)} />
        ))}
      </ul>
      <div className={styles.add}>
        <TextField
          label={t('papers.extra')}
          value={extraName}
          onChange={setExtraName}
          onSubmit={addExtra}
          placeholder={t('papers.extra-placeholder')}
          maxLength={200}
        />
        <Button onPress={addExtra} isDisabled={extraName.trim() === ''}>
          <Icon name="plus" size={18} />
          {t('papers.add')}
        </Button>
      </div>
      {camera !== undefined && <CameraDialog target={camera} onClose={close} />}
      {scanner !== undefined && <ScanDialog target={scanner} onClose={close} />}
    </Section>
  );
}
