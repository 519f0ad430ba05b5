/** Plays one announcement over WebAudio: its clips one after the other, sample-exact, and says when the last has ended. */
import type { Spoken } from '../../../shared/voice/speech.ts';
import type { Clips } from './clips.ts';

/** Resolves when it is over, also when nothing could be heard. Not to be called again before. */
export type Player = (spoken: readonly Spoken[]) => Promise<void>;

/** For the first buffer to reach the device. */
const LEAD_SECONDS = 0.05;
/** A context whose device has gone stands still and ends nothing. */
const OVERDUE_MS = 1500;

type Options = {
  context: AudioContext;
  clips: Clips;
  /** 0 to 1. */
  loudness: () => number;
};

export function createPlayer({ context, clips, loudness }: Options): Player {
  const gain = context.createGain();
  gain.connect(context.destination);

  return async (spoken) => {
    const loaded = await Promise.all(spoken.map(async ({ clip, pauseMs }) => ({ buffer: await clips(clip), pauseSeconds: pauseMs / 1000 })));
    const heard = loaded.flatMap(({ buffer, pauseSeconds }) => (buffer === null ? [] : [{ buffer, pauseSeconds }]));
    // A browser that wants a touch first stays suspended: this call is then on the board only.
    if (heard.length === 0 || (context.state !== 'running' && !(await resumed(context)))) return;
    gain.gain.value = loudness();
    let atSeconds = context.currentTime + LEAD_SECONDS;
    const parts = heard.map(({ buffer, pauseSeconds }) => {
      const part = context.createBufferSource();
      part.buffer = buffer;
      part.connect(gain);
      part.start(atSeconds);
      atSeconds += buffer.duration + pauseSeconds;
      return part;
    });
    const lastsMs = (atSeconds - context.currentTime) * 1000;
    const isOver = await over(parts[parts.length - 1], heard[heard.length - 1]?.pauseSeconds ?? 0, lastsMs + OVERDUE_MS);
    // Nothing of it may sound under the next one once the device is back.
    if (!isOver) for (const part of parts) part.disconnect();
  };
}

/** True when the last part ended and its pause is over; false when time ran out first. */
function over(last: AudioBufferSourceNode | undefined, pauseSeconds: number, patienceMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const overdue = setTimeout(() => resolve(false), patienceMs);
    last?.addEventListener('ended', () => {
      clearTimeout(overdue);
      setTimeout(() => resolve(true), pauseSeconds * 1000);
    });
  });
}

const RESUME_PATIENCE_MS = 300;

/** `resume()` waits for a touch for ever, so it is given a moment. */
async function resumed(context: AudioContext): Promise<boolean> {
  const patience = new Promise<void>((resolve) => setTimeout(resolve, RESUME_PATIENCE_MS));
  await Promise.race([context.resume().catch(() => undefined), patience]);
  return context.state === 'running';
}
