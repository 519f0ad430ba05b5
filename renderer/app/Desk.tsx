/** The officer's and the postal counter's frame: rail, state of the world, one screen; and what every key does. */
import { Suspense, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { unreachable, type Failure } from '../../shared/lib/result.ts';
import type { QueuedTicket } from '../../shared/queue/ticket.ts';
import { QueueScreen } from '../queue/QueueScreen.tsx';
import { viewOf } from '../queue/queue-view.ts';
import { useQueueActions } from '../queue/useQueueActions.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { useShortcut, useShortcuts } from '../ui/useShortcut.ts';
import type { Command } from './CommandPalette.tsx';
import { ErrorBoundary } from './ErrorBoundary.tsx';
import { HelpDialog } from './HelpDialog.tsx';
import { fetchScreens, lazyScreen } from './lazy-screen.tsx';
import { PostalHome } from './PostalHome.tsx';
import { Rail, type RailItem } from './Rail.tsx';
import { useQueue, useRoute, useShell, useSync } from './shell-context.tsx';
import { useFailureWords } from './useFailureWords.ts';
import { useStartIntake } from './useStartIntake.ts';
import { WorldBar } from './WorldBar.tsx';
import { waitingOf } from './world-words.ts';
import styles from './Desk.module.css';

const IntakeScreen = lazyScreen(async () => (await import('../intake/IntakeScreen.tsx')).IntakeScreen);
const DossiersScreen = lazyScreen(async () => (await import('../dossiers/DossiersScreen.tsx')).DossiersScreen);
const OutboxScreen = lazyScreen(async () => (await import('../sync/OutboxScreen.tsx')).OutboxScreen);
const TodayScreen = lazyScreen(async () => (await import('../dossiers/TodayScreen.tsx')).TodayScreen);
const ReconciliationScreen = lazyScreen(async () => (await import('../reconciliation/ReconciliationScreen.tsx')).ReconciliationScreen);
const CatalogueScreen = lazyScreen(async () => (await import('../catalogue/CatalogueScreen.tsx')).CatalogueScreen);
const SettingsScreen = lazyScreen(async () => (await import('../settings/SettingsScreen.tsx')).SettingsScreen);
const CommandPalette = lazyScreen(async () => (await import('./CommandPalette.tsx')).CommandPalette);
const IssueTicketDialog = lazyScreen(async () => (await import('../queue/IssueTicketDialog.tsx')).IssueTicketDialog);

type Overlay = 'help' | 'palette' | 'issue' | null;

export function Desk() {
  const { t } = useTranslation('app');
  const { info, bridge, clock } = useShell();
  const { route, go, back } = useRoute();
  const registry = useShortcuts();
  const queueActions = useQueueActions();
  const queue = useQueue();
  const sync = useSync();
  const startIntake = useStartIntake();
  const [overlay, setOverlay] = useState<Overlay>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [hasCrashed, setHasCrashed] = useState(info.startedAfterCrash);
  const words = useFailureWords();
  useEffect(fetchScreens, []);

  const hasQueue = info.settings.role === 'officer';
  const view = queue === null ? null : viewOf(queue, info.settings.queueGroups, info.settings.counter, clock());
  const serving = hasQueue ? (view?.serving ?? null) : null;
  const waitingHere = view?.waiting ?? 0;
  const toSend = sync === null ? 0 : waitingOf(sync);

  const intake = async (ticket: QueuedTicket | null = serving) => {
    const started = await startIntake(ticket);
    setFailure(started.ok ? null : started.failure);
  };
  const callNext = () => {
    go({ name: 'home' });
    void queueActions.callNext(serving);
  };

  useShortcut('F1', () => setOverlay('help'), { label: t('keys.help') });
  useShortcut('F2', () => void intake(), { label: serving === null ? t('keys.intake') : t('keys.intakeFrom', { number: serving.number }) });
  useShortcut('F3', () => go({ name: 'dossiers' }), { label: t('keys.find') });
  useShortcut('F4', callNext, { label: t('keys.callNext'), isEnabled: hasQueue });
  useShortcut('F6', () => setOverlay('issue'), { label: t('keys.issue'), isEnabled: hasQueue });
  useShortcut('Ctrl+K', () => setOverlay('palette'), { label: t('keys.palette') });
  useShortcut('Esc', back, { label: t('keys.back') });

  const place = (
    id: 'home' | 'outbox' | 'today' | 'reconciliation' | 'catalogue' | 'settings' | 'dossiers',
    icon: RailItem['icon'],
    more: Partial<RailItem> = {},
  ): RailItem => ({
    id,
    icon,
    label: t(`rail.${id === 'home' && hasQueue ? 'queue' : id}`),
    isHere: route.name === id,
    go: () => go({ name: id }),
    ...more,
  });
  const count = (n: number): string | undefined => (n > 0 ? String(n) : undefined);
  const places = [
    place('home', hasQueue ? 'people' : 'home', { badge: hasQueue ? count(waitingHere) : undefined }),
    place('outbox', 'send', { badge: count(toSend) }),
    place('today', 'today'),
    place('reconciliation', 'check'),
    place('catalogue', 'book'),
  ];
  const settings = place('settings', 'settings');
  const keyed: RailItem[] = [
    { id: 'intake', label: t('rail.intake'), icon: 'plus', keys: 'F2', isHere: route.name === 'intake', isPrimary: true, go: () => void intake() },
    place('dossiers', 'folder', { keys: 'F3' }),
    ...(hasQueue
      ? ([
          { id: 'call-next', label: t('rail.callNext'), icon: 'bell', keys: 'F4', go: callNext },
          { id: 'issue', label: t('rail.issue'), icon: 'ticket', keys: 'F6', go: () => setOverlay('issue') },
        ] satisfies RailItem[])
      : []),
  ];
  const keyedCommands = (): Command[] => registry.list().map(({ keys, label = '', run }) => ({ id: keys, keys, label, run }));
  const placeCommands: Command[] = [...places, settings].map(({ id, label, go: run }) => ({ id, label: t('palette.go', { place: label }), run }));
  const isVirtual = info.settings.printers.some((printer) => printer.connection.type === 'virtual');
  const paperCommand: Command[] = isVirtual
    ? [{ id: 'virtual-paper', label: t('palette.virtualPaper'), run: () => void bridge.invoke('printing:show-virtual-paper') }]
    : [];

  const screen = () => {
    switch (route.name) {
      case 'home':
        return hasQueue ? (
          <QueueScreen actions={queueActions} onCallNext={callNext} onIntake={(ticket) => void intake(ticket)} />
        ) : (
          <PostalHome onIntake={() => void intake()} />
        );
      case 'intake':
        return <IntakeScreen key={route.draftId} draftId={route.draftId} onNext={hasQueue ? callNext : () => void intake(null)} />;
      case 'dossiers':
        return <DossiersScreen dossierId={route.dossierId} />;
      case 'outbox':
        return <OutboxScreen />;
      case 'today':
        return <TodayScreen />;
      case 'reconciliation':
        return <ReconciliationScreen />;
      case 'catalogue':
        return <CatalogueScreen />;
      case 'settings':
        return <SettingsScreen />;
      default:
        return unreachable(route);
    }
  };

  return (
    <div className={styles.desk}>
      <header>
        <div className={styles.top}>
          <span className={styles.office}>
            <b>{info.settings.office.name}</b>
            <span>{t('counter', { counter: info.settings.counter })}</span>
          </span>
          <WorldBar />
        </div>
        {(info.settings.demoOffice || info.settings.unprotectedKeys) && (
          <p className={styles.banner} role="note">
            {info.settings.demoOffice && <span>{t('banner.demo')}</span>}
            {info.settings.unprotectedKeys && <span>{t('banner.unprotectedKeys')}</span>}
          </p>
        )}
      </header>
      {hasCrashed && (
        <div className={styles.banner} role="alert">
          <span>{t('failed.reopened')}</span>
          <Button onPress={() => setHasCrashed(false)}>{t('close')}</Button>
        </div>
      )}
      <div className={styles.body}>
        <Rail label={t('rail.label')} groups={[keyed, places, [settings]]} />
        <main className={styles.screen}>
          <ErrorBoundary bridge={bridge} resetKey={JSON.stringify(route)}>
            <Suspense fallback={null}>{screen()}</Suspense>
          </ErrorBoundary>
        </main>
      </div>
      {failure !== null && (
        <Dialog
          role="alertdialog"
          size="small"
          isOpen
          title={t('intakeNotStarted')}
          onClose={() => setFailure(null)}
          actions={
            <Button variant="primary" autoFocus onPress={() => setFailure(null)}>
              {t('close')}
            </Button>
          }
        >
          <p>{words(failure)}</p>
        </Dialog>
      )}
      <Suspense fallback={null}>
        {overlay === 'help' && <HelpDialog shortcuts={keyedCommands()} onClose={() => setOverlay(null)} />}
        {overlay === 'palette' && (
          <CommandPalette
            commands={[...keyedCommands().filter(({ keys }) => keys !== 'Ctrl+K'), ...placeCommands, ...paperCommand]}
            onClose={() => setOverlay(null)}
          />
        )}
        {overlay === 'issue' && <IssueTicketDialog onClose={() => setOverlay(null)} />}
      </Suspense>
    </div>
  );
}
