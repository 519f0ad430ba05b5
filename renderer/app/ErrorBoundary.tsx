/** Catches a bug in a screen: says so in the officer's words, reports it, and reloads to the same place. */
import { Component, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Bridge } from '../../shared/ipc/contract.ts';
import { Button } from '../ui/Button.tsx';
import { EmptyState } from '../ui/EmptyState.tsx';

type Props = { bridge: Bridge; children: ReactNode; /** A new value clears the error, e.g. the route. */ resetKey?: string };

export const reportError = (bridge: Bridge, error: unknown): void => {
  const { message, stack } = error instanceof Error ? error : { message: String(error), stack: undefined };
  void bridge.invoke('app:report-error', { message: message.slice(0, 2000), stack: stack?.slice(0, 10_000) }).catch(() => undefined);
};

export class ErrorBoundary extends Component<Props, { hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError() {
    return { hasFailed: true };
  }

  override componentDidCatch(error: unknown) {
    reportError(this.props.bridge, error);
  }

  override componentDidUpdate(previous: Props) {
    if (this.state.hasFailed && previous.resetKey !== this.props.resetKey) this.setState({ hasFailed: false });
  }

  override render() {
    return this.state.hasFailed ? <ScreenFailed /> : this.props.children;
  }
}

function ScreenFailed() {
  const { t } = useTranslation('app');
  return (
    <div role="alert">
      <EmptyState
        icon="warning"
        title={t('failed.title')}
        action={
          <Button variant="primary" autoFocus onPress={() => location.reload()}>
            {t('failed.reload')}
          </Button>
        }
      >
        {t('failed.words')}
      </EmptyState>
    </div>
  );
}
