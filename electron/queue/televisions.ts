/** The board on the office's televisions, where the settings name a port for it. */
import type { PublicBoard } from '../../shared/queue/view.ts';
import type { Settings } from '../../shared/settings/settings.ts';
import type { Log } from '../log.ts';
import type { Recordings } from '../voice/recordings.ts';
import { loadBoardPage } from './board-page.ts';
import { startBoardServer } from './board-server.ts';

export type Televisions = { tell(board: PublicBoard): void; stop(): Promise<void> };

type Options = {
  settings: Settings;
  /** Where the page was built to. */
  folder: string;
  recordings: Recordings;
  board: () => PublicBoard;
  log: Log;
};

/** Returns at once. A counter whose port is taken, or whose page is missing, works all the same; the log says so. */
export function serveTelevisions({ settings, folder, recordings, board, log }: Options): Televisions {
  const { boardPort } = settings.queue;
  if (boardPort === 0) return { tell: () => undefined, stop: () => Promise.resolve() };
  const starting = loadBoardPage({ folder, settings, recordings })
    .then((page) => startBoardServer({ port: boardPort, page, board }))
    .catch((error: unknown) => {
      log.error(`board for televisions not served: ${error instanceof Error ? error.message : ''}`);
      return undefined;
    });
  return {
    tell: (said) => void starting.then((server) => server?.tell(said)),
    stop: async () => (await starting)?.stop(),
  };
}
