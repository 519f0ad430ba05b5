/** One paper of the checklist: handed in or not, in which form, with its scans and what went wrong with them. */
import { useRef, useState, type DragEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { PaperRequirement } from '../../shared/catalogue/catalogue.ts';
import type { Problem } from '../../shared/dossiers/intake-from-draft.ts';
import { useFailureWords } from '../app/useFailureWords.ts';
import { Button } from '../ui/Button.tsx';
import { Checkbox } from '../ui/Choices.tsx';
import { Chip } from '../ui/Chip.tsx';
import { classes } from '../ui/classes.ts';
import { Icon } from '../ui/Icon.tsx';
import { Progress, useIsLate } from '../ui/Progress.tsx';
import { fieldId } from './go-to-field.ts';
import { useIntake, useIntakeStore } from './intake-context.tsx';
import type { DraftPaper } from './pages.ts';
import { PageStrip } from './PageStrip.tsx';
import { Stepper } from '../ui/Stepper.tsx';
import styles from './PapersSection.module.css';

const ACCEPTED = 'application/pdf,image/jpeg,image/png,.pdf,.jpg,.jpeg,.png';
const counts = ['originals', 'certifiedCopies', 'photocopies'] as const;

export function PaperRow({
  requirement,
  paper,
  problem,
  isUrgent,
  onCapture,
}: {
  requirement?: PaperRequirement;
  paper: DraftPaper;
  problem?: Problem;
  isUrgent: boolean;
  onCapture: (by: 'camera' | 'scanner') => void;
}) {
  const { t } = useTranslation(['intake', 'scanning']);
  const store = useIntakeStore();
  const arriving = useIntake((state) => state.arriving[paper.requirementId] ?? 0);
  const failures = useIntake((state) => state.scanFailures[paper.requirementId]);
  const isRemoved = useIntake((state) => state.removedPage?.requirementId === paper.requirementId);
  const failureWords = useFailureWords();
  const input = useRef<HTMLInputElement>(null);
  const [isOver, setIsOver] = useState(false);
  const { requirementId: id, name } = paper;

  const attach = (files: FileList | null, source: 'file' | 'drop') => {
    if (files !== null && files.length > 0) void store.attach(id, [...files], source);
  };
  const setState = (state: DraftPaper['state']) => store.setPaper(id, (before) => ({ ...before, state }));
  const drop = {
    onDragOver: (event: DragEvent) => {
      if (!event.dataTransfer.types.includes('Files')) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = 'copy';
      setIsOver(true);
    },
    onDragLeave: () => setIsOver(false),
    onDrop: (event: DragEvent) => {
      if (!event.dataTransfer.types.includes('Files')) return;
      event.preventDefault();
      setIsOver(false);
      attach(event.dataTransfer.files, 'drop');
    },
  };

  const isReceived = paper.state === 'received';
  const byForm = requirement?.filledByEForm === true;
  const isMissing = problem !== undefined && !isReceived;
  const asked =
    requirement === undefined
      ? ''
      : counts
          .filter((kind) => requirement[kind] > 0)
          .map((kind) => t(`papers.${kind}`, { count: requirement[kind] }))
          .join(', ');
  return (
    <li className={classes(styles.paper, isOver && styles.over)} id={fieldId(`papers.${id}`)} data-paper={id} {...drop}>
      <div className={styles.main}>
        <div className={styles.check}>
          <Checkbox isSelected={isReceived} onChange={(isOn) => setState(isOn ? 'received' : 'missing')} isDisabled={byForm}>
            <span className={styles.name}>{name}</span>
          </Checkbox>
          <p className={styles.asked}>
            {[
              requirement?.need === 'if-any' ? t('papers.if-any') : undefined,
              asked,
              requirement?.acceptedAs !== undefined ? t('papers.any-kind') : undefined,
              requirement?.formNumber,
            ]
              .filter(Boolean)
              .join(' · ')}
          </p>
        </div>
        <div className={styles.state}>
          {byForm && <Chip tone="ok">{t('papers.by-form')}</Chip>}
          {paper.state === 'owed' && (
            <>
              <Chip tone="warning" icon="clock">
                {t('papers.owed')}
              </Chip>
              <Button onPress={() => setState('missing')}>{t('papers.not-owed')}</Button>
            </>
          )}
          {isMissing && paper.state !== 'owed' && <Chip tone={isUrgent ? 'danger' : 'neutral'}>{t('papers.is-missing')}</Chip>}
          {isReceived && problem !== undefined && <Chip tone={isUrgent ? 'danger' : 'warning'}>{t('papers.too-few')}</Chip>}
          {isMissing && requirement?.ifMissing === 'owe' && paper.state !== 'owed' && (
            <Button onPress={() => setState('owed')} aria-label={t('papers.owe-aria', { name })}>
              {t('papers.owe')}
            </Button>
          )}
          <input
            ref={input}
            type="file"
            hidden
            multiple
            accept={ACCEPTED}
            data-testid={`attach-${id}`}
            aria-label={t('papers.attach-aria', { name })}
            onChange={(event) => {
              attach(event.target.files, 'file');
              // The same file may be chosen again after it was mended.
              event.target.value = '';
            }}
          />
          <Button onPress={() => input.current?.click()} aria-label={t('papers.attach-aria', { name })}>
            <Icon name="file" size={18} />
            {t('papers.attach')}
          </Button>
          <Button onPress={() => onCapture('camera')} aria-label={t('papers.camera-aria', { name })}>
            {t('papers.camera')}
          </Button>
          <Button onPress={() => onCapture('scanner')} aria-label={t('papers.scanner-aria', { name })}>
            {t('papers.scanner')}
          </Button>
        </div>
      </div>
      {isReceived && !byForm && (
        <div className={styles.counts}>
          {counts.map((kind) => (
            <Stepper
              key={kind}
              label={t(`papers.count-${kind}`)}
              value={paper[kind]}
              max={99}
              onChange={(count) => store.setPaper(id, (before) => ({ ...before, [kind]: count }))}
            />
          ))}
        </div>
      )}
      {(paper.pages.length > 0 || arriving > 0) && (
        <div className={styles.scans}>
          <PageStrip paper={paper} />
          {arriving > 0 && <Arriving count={arriving} />}
        </div>
      )}
      {isRemoved && (
        <p className={styles.removed} role="status">
          {t('papers.removed')}
          <Button onPress={() => store.undoRemoval()}>{t('papers.undo')}</Button>
        </p>
      )}
      {failures?.map((failed) => (
        <p key={failed.id} className={styles.failure} role="alert">
          <Icon name="warning" size={18} />
          <span>
            <strong>{failed.fileName}</strong>: {failureWords(failed.failure)}
          </span>
          <Button onPress={() => store.dismissScanFailure(id, failed.id)} aria-label={t('scanning:dismiss', { file: failed.fileName })}>
            <Icon name="close" size={16} />
          </Button>
        </p>
      ))}
    </li>
  );
}

function Arriving({ count }: { count: number }) {
  const { t } = useTranslation('scanning');
  return useIsLate() ? <Progress label={t('arriving', { count })} /> : null;
}
