/** One program, four roles: the settings say which screens this device shows. */
import { unreachable } from '../../shared/lib/result.ts';
import { BoardScreen } from '../board/BoardScreen.tsx';
import { LobbyScreen } from '../lobby/LobbyScreen.tsx';
import { Desk } from './Desk.tsx';
import { ServicesProvider, type Services } from './services.tsx';
import { useShell } from './shell-context.tsx';

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
      return <LobbyScreen />;
    case 'board':
      return <BoardScreen />;
    default:
      return unreachable(role);
  }
}
