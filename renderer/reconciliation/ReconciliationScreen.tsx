/** Đối soát: day by day whether this counter and the province hold the same, and which dossier does not. */
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Failure } from '../../shared/lib/result.ts';
import { formatVnd } from '../../shared/lib/money.ts';
import { formatDate, formatDateTime } from '../../shared/lib/time.ts';
import type { Difference } from '../../shared/reconciliation/compare.ts';
import type { ReconciledDay, ReconciliationState } from '../../shared/reconciliation/state.ts';
import { useRoute, useShell } from '../app/shell-context.tsx';
import { useFailureWords } from '../app/useFailureWords.ts';
import { Button } from '../ui/Button.tsx';
import { Chip } from '../ui/Chip.tsx';
import { EmptyState } from '../ui/EmptyState.tsx';
import { Notice } from '../ui/Notice.tsx';
import { Page } from '../ui/Page.tsx';
import { Panel } from '../ui/Panel.tsx';
import { DayFigures } from './DayFigures.tsx';
import { isToldBothWays, standingOf } from './day-words.ts';
import styles from './reconciliation.module.css';

export function ReconciliationScreen() {
  const { t } = useTranslation('reconciliation');
  const { bridge } = useShell();
  const words = useFailureWords();
  const [state, setState] = useState<ReconciliationState | null>(null);
  const [chosen, setChosen] = useState<string | null>(null);
  const [busy, setBusy] = useState<'close' | 'ask' | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  useEffect(() => {
    let isHere = true;
    const stop = bridge.on('reconciliation:changed', setState);
    void bridge.invoke('reconciliation:state').then((first) => isHere && setState((newer) => newer ?? first));
    return () => {
      isHere = false;
      stop();
    };
  }, [bridge]);
  if (state === null) return null;

  const today = state.days.find(({ date }) => date === state.today);
  const differing = state.days.filter(({ status }) => status === 'differs');
  const unsettled = state.days.some(({ status }) => status === 'unsent' || status === 'waiting' || status === 'differs');
  const shown = chosen ?? state.days[0]?.date;

  const act = async (what: 'close' | 'ask') => {
    setBusy(what);
    const done = what === 'close' ? await bridge.invoke('reconciliation:close', { date: state.today }) : await bridge.invoke('reconciliation:ask');
    setBusy(null);
    setFailure(done.ok ? null : done.failure);
  };

  return (
    <Page
      title={t('title')}
      aside={
        <>
          <Button isDisabled={!unsettled || busy !== null} isPending={busy === 'ask'} onPress={() => void act('ask')}>
            {t('ask')}
          </Button>
          <Button variant="primary" isDisabled={today?.status !== 'open' || busy !== null} isPending={busy === 'close'} onPress={() => void act('close')}>
            {t(today !== undefined && today.closedAtMs !== null ? 'closeAgain' : 'close', { date: formatDate(state.today) })}
          </Button>
        </>
      }
    >
      <p className={styles.muted}>{t('words')}</p>
      {failure !== null && <Notice tone={failure.kind === 'province-away' ? 'offline' : 'danger'} title={words(failure)} />}
      {differing.length > 0 && (
        <Notice tone="danger" title={t('differsTitle', { count: differing.length })}>
          {t('differsWords')}
        </Notice>
      )}
      <Panel title={t('days')}>
        {state.days.length === 0 ? (
          <EmptyState icon="today" title={t('none')}>
            {t('noneWords')}
          </EmptyState>
        ) : (
          <ul className={styles.list}>
            {state.days.map((day) => (
              <Day key={day.date} day={day} today={state.today} isShown={day.date === shown} onShow={() => setChosen(day.date)} />
            ))}
          </ul>
        )}
      </Panel>
      {shown !== undefined && <DayFigures key={shown} date={shown} state={state} />}
    </Page>
  );
}

type DayProps = { day: ReconciledDay; today: string; isShown: boolean; onShow: () => void };

function Day({ day, today, isShown, onShow }: DayProps) {
  const { t } = useTranslation('reconciliation');
  const standing = standingOf(day, today);
  const fees = formatVnd(day.fees.phiVnd + day.fees.lePhiVnd);
  const more = [
    day.closedAtMs !== null && t('closedAt', { time: formatDateTime(day.closedAtMs) }),
    day.sinceClosing > 0 && t('sinceClosing', { count: day.sinceClosing }),
    day.correctedSince > 0 && t('correctedSince', { count: day.correctedSince }),
    day.answeredAtMs !== null && t('answeredAt', { time: formatDateTime(day.answeredAtMs) }),
  ].filter((words) => words !== false);
  return (
    <li className={styles.day} data-testid={`day-${day.date}`}>
      <div className={styles.dayHead}>
        <span className={styles.date}>{formatDate(day.date)}</span>
        <div className={styles.words}>
          <span>{t('counts', { dossiers: day.dossiers, tickets: day.tickets, fees })}</span>
          <span className={styles.muted}>{more.length > 0 ? more.join(' · ') : t('neverClosed')}</span>
          {day.refused !== null && <span className={styles.muted}>{t('refusedWords')}</span>}
        </div>
        <Chip tone={standing.tone} icon={standing.icon}>
          {t(`standing.${standing.key}`)}
        </Chip>
        <Button isDisabled={isShown} onPress={onShow} aria-label={t('showFiguresOf', { date: formatDate(day.date) })}>
          {t('showFigures')}
        </Button>
      </div>
      {day.differences.length > 0 && (
        <ul className={styles.differences} aria-label={t('differencesOf', { date: formatDate(day.date) })}>
          {day.differences.map((difference) => (
            <DifferenceLine key={`${difference.kind}-${difference.dossierId ?? ''}-${difference.seq ?? ''}`} difference={difference} />
          ))}
        </ul>
      )}
    </li>
  );
}

function DifferenceLine({ difference }: { difference: Difference }) {
  const { t } = useTranslation('reconciliation');
  const { go } = useRoute();
  const { kind, code, dossierId, counter = '', province = '', seq } = difference;
  const told = (held: string): string => (kind === 'other-channel' ? t(`channel.${held}`, { defaultValue: held }) : held);
  return (
    <li className={styles.difference}>
      <div className={styles.words}>
        <span className={styles.code}>{code ?? t(`kind.${kind}`)}</span>
        {code !== undefined && <span>{t(`kind.${kind}`)}</span>}
        {isToldBothWays(difference) && <span className={styles.muted}>{t('bothWays', { counter: told(counter), province: told(province) })}</span>}
        {kind === 'chain' && <span className={styles.muted}>{t('chainAt', { seq })}</span>}
      </div>
      {dossierId !== undefined && kind !== 'unknown' && <Button onPress={() => go({ name: 'dossiers', dossierId })}>{t('open')}</Button>}
    </li>
  );
}
