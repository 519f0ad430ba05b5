/** The intake of one dossier on one page: five numbered parts, a summary that is always true, and what follows acceptance. */
import { startTransition, useCallback, useEffect, useEffectEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { Catalogue } from '../../shared/catalogue/catalogue.ts';
import type { Draft } from '../../shared/dossiers/draft.ts';
import type { Dossier } from '../../shared/dossiers/dossier.ts';
import { parseCccdQr } from '../../shared/identity/cccd.ts';
import { formatDateTime } from '../../shared/lib/time.ts';
import { useServices } from '../app/services.tsx';
import { useFailureWords } from '../app/useFailureWords.ts';
import { PicturesProvider, usePictures } from '../scanning/usePicture.ts';
import { Chip } from '../ui/Chip.tsx';
import { Notice } from '../ui/Notice.tsx';
import { useIsLate } from '../ui/Progress.tsx';
import { useShortcut } from '../ui/useShortcut.ts';
import { AcceptedView } from './AcceptedView.tsx';
import { ApplicantSection } from './ApplicantSection.tsx';
import { FormSection } from './FormSection.tsx';
import { catalogueOf } from './catalogue-of-draft.ts';
import { goToField } from './go-to-field.ts';
import { IntakeProvider, useIntake } from './intake-context.tsx';
import { createIntakeStore, type IntakeStore } from './intake-store.ts';
import { PapersSection } from './PapersSection.tsx';
import { ProcedureSection } from './ProcedureSection.tsx';
import { ResultSection } from './ResultSection.tsx';
import { SummaryPanel } from './SummaryPanel.tsx';
import { useCardReader } from '../app/useCardReader.ts';
import styles from './IntakeScreen.module.css';

type IntakeScreenProps = {
  draftId: string;
  onAccepted?: (dossier: Dossier) => void;
  /** Next citizen, F4 after acceptance. */
  onNext?: () => void;
};

export function IntakeScreen({ draftId, ...rest }: IntakeScreenProps) {
  const services = useServices();
  const { drafts, catalogue } = services;
  const { t } = useTranslation('intake');
  const [store, setStore] = useState<IntakeStore | 'gone' | null>(null);
  const begunWith = useEffectEvent((draft: Draft | undefined) => catalogueOf(draft, services));
  const open = useEffectEvent((draft: Draft, own: Catalogue) => createIntakeStore({ ...services, catalogue: own }, draft));
  // Not made anew when another catalogue comes into force: the officer goes on typing.
  useEffect(() => {
    let isCurrent = true;
    let made: IntakeStore | undefined;
    void drafts.get(draftId).then(async (draft) => {
      const own = await begunWith(draft);
      if (!isCurrent) return;
      made = draft === undefined ? undefined : open(draft, own);
      // Drawn in slices: the keys typed meanwhile are heard.
      startTransition(() => setStore(made ?? 'gone'));
    });
    return () => {
      isCurrent = false;
      made?.dispose();
      setStore(null);
    };
  }, [drafts, draftId]);
  useEffect(() => {
    if (store !== null && store !== 'gone') store.catalogueChanged(catalogue);
  }, [store, catalogue]);

  if (store === null) return null;
  if (store === 'gone')
    return (
      <div className={styles.gone}>
        <Notice tone="warning" title={t('draft.gone')}>
          {t('draft.gone-advice')}
        </Notice>
      </div>
    );
  return (
    <IntakeProvider value={store}>
      <Intake store={store} {...rest} />
    </IntakeProvider>
  );
}

function Intake({ store, onAccepted, onNext }: { store: IntakeStore } & Omit<IntakeScreenProps, 'draftId'>) {
  const { t } = useTranslation('intake');
  const { scans } = useServices();
  const pictures = usePictures(scans);
  const outcome = useStore(store, (state) => state.outcome);
  const hasProcedure = useStore(store, (state) => state.draft.procedureCode !== undefined);

  useEffect(() => {
    const timer = setInterval(store.tick, 15_000);
    return () => clearInterval(timer);
  }, [store]);

  const accept = useCallback(async () => {
    // A field still being typed is finished by leaving it.
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    const [first] = await store.accept();
    // The sections have to show their problems before one can be gone to.
    if (first !== undefined) requestAnimationFrame(() => goToField(first.field));
    const { outcome: after } = store.getState();
    if (after.phase === 'accepted') onAccepted?.(after.dossier);
  }, [store, onAccepted]);
  useShortcut('F9', () => void accept(), { label: t('accept.action'), isEnabled: outcome.phase === 'editing' || outcome.phase === 'refused' });

  useCardReader((text, focused) => {
    const { draft, outcome: now } = store.getState();
    if (now.phase === 'accepting' || now.phase === 'accepted') return;
    const read = parseCccdQr(text);
    if (!read.ok) return store.cardUnreadable();
    const isForSubmitter = draft.applicantKind === 'organisation' || focused?.closest('[data-party="submitter"]') != null;
    store.fillFromCard(read.value, isForSubmitter ? 'submitter' : 'applicant');
  });

  if (outcome.phase === 'accepted') return <AcceptedView dossier={outcome.dossier} onNext={onNext} />;
  return (
    <PicturesProvider value={pictures}>
      <div className={styles.screen}>
        <div className={styles.page} onDragOver={(event) => event.preventDefault()} onDrop={(event) => event.preventDefault()}>
          <header className={styles.head}>
            <h1>{t('title')}</h1>
            <TicketLine />
            <SavingLine />
          </header>
          <ProcedureSection />
          <ApplicantSection />
          <FormSection />
          <PapersSection />
          <ResultSection />
          {!hasProcedure && <p className={styles.next}>{t('choose-procedure-first')}</p>}
        </div>
        <SummaryPanel onAccept={() => void accept()} />
      </div>
    </PicturesProvider>
  );
}

function TicketLine() {
  const { t } = useTranslation('intake');
  const { clock } = useServices();
  const ticketNumber = useIntake((state) => state.draft.ticketNumber);
  const startedAtMs = useIntake((state) => state.draft.startedAtMs);
  const [nowMs, setNowMs] = useState(clock);
  useEffect(() => {
    const timer = setInterval(() => setNowMs(clock()), 1000);
    return () => clearInterval(timer);
  }, [clock]);
  const seconds = Math.max(0, Math.floor((nowMs - startedAtMs) / 1000));
  const pad = (number: number) => String(number).padStart(2, '0');
  // A draft taken up again next morning is not a visit of fifteen hours.
  const elapsed = seconds < 3600 ? `${pad(Math.floor(seconds / 60))}:${pad(seconds % 60)}` : undefined;
  return (
    <>
      {ticketNumber !== undefined && (
        <Chip tone="accent" icon="ticket">
          {t('ticket', { number: ticketNumber })}
        </Chip>
      )}
      {elapsed !== undefined && (
        <span className={styles.elapsed} aria-hidden="true">
          {elapsed}
        </span>
      )}
    </>
  );
}

function SavingLine() {
  const { t } = useTranslation('intake');
  const saving = useIntake((state) => state.saving);
  const failureWords = useFailureWords();
  if (saving.status === 'failed')
    return (
      <p className={styles.notSaved} role="alert">
        {t('draft.failed')}: {failureWords(saving.failure)}
      </p>
    );
  return (
    <p className={styles.saving} role="status">
      {saving.status === 'saved' && t('draft.saved', { time: formatDateTime(saving.atMs).slice(11) })}
      {saving.status === 'saving' && <LateWords words={t('draft.saving')} />}
    </p>
  );
}

function LateWords({ words }: { words: string }) {
  return useIsLate() ? words : null;
}
