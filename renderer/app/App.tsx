/** One program, four roles: the settings say which screens this device shows. */
import { lazy, Suspense } from 'react';
import { unreachable } from '../../shared/lib/result.ts';
import { Desk } from './Desk.tsx';
import { ServicesProvider, type Services } from './services.tsx';
import { useShell } from './shell-context.tsx';

const LobbyScreen = lazy(async () => ({ default: (await import('../lobby/LobbyScreen.tsx')).LobbyScreen }));
const BoardScreen = lazy(async () => ({ default: (await import('../board/BoardScreen.tsx')).BoardScreen }));

/** `services` is null for roles that never see a dossier. */
export function App({ services }: { services: Services | null }) {
  const { role } = useShell().info.settings;
  switch (role) {
    case 'officer':
    case 'postal':
      if (services === null) throw new Error(`the ${role} role needs its services`);
      return (
        <ServicesProvider value={services}>
          <Desk />
        </ServicesProvider>
      );
    case 'lobby':
      return (
        <Suspense fallback={null}>
          <LobbyScreen />
        </Suspense>
      );
    case 'board':
      return (
        <Suspense fallback={null}>
          <BoardScreen />
        </Suspense>
      );
    default:
      return unreachable(role);
  }
}
