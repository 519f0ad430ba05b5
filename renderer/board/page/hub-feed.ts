/** The page's way to the hub that served it: what is called, as it changes, and how this board is set. */
import { z } from 'zod';
import type { Clock } from '../../../shared/lib/time.ts';
import type { ClipId } from '../../../shared/voice/clips.ts';
import { voiceSettingsSchema } from '../../../shared/voice/settings.ts';

/** The hub says something at least every fifteen seconds. */
const SILENCE_MS = 35_000;
const AGAIN_MS = 3000;

export type Feed = {
  /** What the hub said last, unread; null before its first word. */
  board: unknown;
  /** By the hub's clock; null while it is heard. */
  lostSinceMs: number | null;
};

export type Hub = {
  /** Calls `onChange` for every word of the hub and when it falls silent; tries for ever. Returns what ends it. */
  follow(onChange: (feed: Feed) => void): () => void;
  /** The hub's: a television's own clock is seldom right. */
  clock: Clock;
};

/** A clock that went mad must not take the page's with it. */
const clockSchema = z.object({ atMs: z.int().min(Date.parse('2026-01-01')).max(Date.parse('2126-01-01')) });

export function createHub(): Hub {
  let aheadMs = 0;
  const clock = (): number => Date.now() + aheadMs;

  function follow(onChange: (feed: Feed) => void): () => void {
    let feed: Feed = { board: null, lostSinceMs: null };
    let heardAtMs = clock();
    let source: EventSource | undefined;
    let timer: ReturnType<typeof setTimeout>;
    const tell = (change: Partial<Feed>): void => onChange((feed = { ...feed, ...change }));
    const wait = (ms: number, then: () => void): void => {
      clearTimeout(timer);
      timer = setTimeout(then, ms);
    };
    function connect(): void {
      // Its own reconnecting gives up for good on some answers, so it is closed and made anew.
      source = new EventSource('./events');
      source.onerror = lose;
      source.onmessage = ({ data }) => {
        wait(SILENCE_MS, lose);
        const board = parsed(data);
        const said = clockSchema.safeParse(board);
        if (said.success) aheadMs = said.data.atMs - Date.now();
        heardAtMs = clock();
        tell({ board, lostSinceMs: null });
      };
      wait(SILENCE_MS, lose);
    }
    function lose(): void {
      source?.close();
      wait(AGAIN_MS, connect);
      if (feed.lostSinceMs === null) tell({ lostSinceMs: heardAtMs });
    }
    connect();
    return () => {
      clearTimeout(timer);
      source?.close();
    };
  }
  return { follow, clock };
}

function parsed(text: unknown): unknown {
  try {
    return JSON.parse(String(text)) as unknown;
  } catch {
    return null;
  }
}

const settingsSchema = z.object({
  language: z.enum(['vi', 'en']).catch('vi'),
  notice: z.string().nullable().catch(null),
  voice: voiceSettingsSchema.omit({ recordings: true }).catch({ languages: [], volumePercent: 0, hours: [] }),
  /** Clips the office has recorded itself. */
  recorded: z.array(z.string()).catch([]),
});
export type BoardSettings = z.infer<typeof settingsSchema>;

/** Asked until it is answered. */
export async function boardSettings(): Promise<BoardSettings> {
  for (;;) {
    try {
      const answer = await fetch('./settings.json');
      if (answer.ok) return settingsSchema.parse(await answer.json());
    } catch {
      // The hub is starting, or the network is.
    }
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
}

export function recordedClips({ recorded }: BoardSettings): (clip: ClipId) => Promise<ArrayBuffer | null> {
  const names = new Set(recorded);
  return async (clip) => {
    if (!names.has(clip)) return null;
    const answer = await fetch(`./voice/${clip}`);
    return answer.ok ? answer.arrayBuffer() : null;
  };
}
