/** Speaks every new call of the queue, one announcement at a time. */
import type { VoiceLanguage } from '../../../shared/voice/clips.ts';
import {
  languagesFor,
  newCalls,
  withCall,
  withoutTickets,
  type AnnouncementLine,
  type HeardCall,
  type SeenCalls,
} from '../../../shared/voice/announcements.ts';
import { speechOf } from '../../../shared/voice/speech.ts';
import type { Player } from './player.ts';

export type Announcer = { /** Who is called now, the served among them. */ hear(called: readonly HeardCall[]): void };

/** `onError` hears of an announcement that failed; the next one is made all the same. */
export function createAnnouncer(player: Player, languages: readonly VoiceLanguage[], onError: (error: unknown) => void): Announcer {
  let seen: SeenCalls = null;
  let line: AnnouncementLine = [];
  let isSpeaking = false;

  async function speak(): Promise<void> {
    if (isSpeaking) return;
    isSpeaking = true;
    for (let next = line[0]; next !== undefined; next = line[0]) {
      const spoken = speechOf(next, languagesFor(line, languages));
      line = line.slice(1);
      await player(spoken).catch(onError);
    }
    isSpeaking = false;
  }

  return {
    hear(called) {
      const news = newCalls(seen, called);
      seen = news.seen;
      const awaited = new Set(called.flatMap(({ ticketId, isAtCounter }) => (isAtCounter ? [ticketId] : [])));
      line = withoutTickets(news.calls.reduce(withCall, line), (ticketId) => awaited.has(ticketId));
      if (languages.length > 0) void speak();
    },
  };
}
