/** The board on the office's televisions, where the settings name a port for it. */
import type { PublicBoard } from '../../shared/queue/view.ts';
import type { Settings } from '../../shared/settings/settings.ts';
import type { Log } from '../log.ts';
import type { Recordings } from '../voice/recordings.ts';
import { loadBoardPage } from './board-page.ts';
import { startBoardServer, type BoardServer } from './board-server.ts';

type Televisions = {
  /** Returns at once. A counter whose port is taken, or whose page is missing, works all the same; the log says so. */
  serve(board: () => PublicBoard): void;
  tell(board: PublicBoard): void;
  stop(): Promise<void>;
};

type Options = {
  settings: Settings;
  /** Where the page was built to. */
  folder: string;
  recordings: Recordings;
  log: Log;
};

export function createTelevisions({ settings, folder, recordings, log }: Options): Televisions {
  const { boardPort } = settings.queue;
  let starting: Promise<BoardServer | undefined> = Promise.resolve(undefined);
  return {
    serve(board) {
      if (boardPort === 0) return;
      starting = loadBoardPage({ folder, settings, recordings })
        .then((page) => startBoardServer({ port: boardPort, page, board }))
        .catch((error: unknown) => {
          log.error(`board for televisions not served: ${error instanceof Error ? error.message : ''}`);
          return undefined;
        });
    },
    tell: (said) => void starting.then((server) => server?.tell(said)),
    stop: async () => (await starting)?.stop(),
  };
}
