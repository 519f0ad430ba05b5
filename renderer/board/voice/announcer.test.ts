import { describe, expect, it } from 'vitest';
import type { Spoken } from '../../../shared/voice/speech.ts';
import { createAnnouncer } from './announcer.ts';

const called = (ticketId: string, calledAtMs: number) => ({ ticketId, number: ticketId, counter: '1', calledAtMs, isAtCounter: true });
const settled = () => new Promise((resolve) => setTimeout(resolve));

/** A player whose announcements end when the test says so. */
function fakePlayer() {
  const said: string[] = [];
  const ends: Array<{ resolve: () => void; reject: (error: Error) => void }> = [];
  let playing = 0;
  return {
    said,
    most: 0,
    async end(error?: Error) {
      const next = ends.shift();
      if (error === undefined) next?.resolve();
      else next?.reject(error);
      await settled();
    },
    play(spoken: readonly Spoken[]) {
      playing += 1;
      this.most = Math.max(this.most, playing);
      said.push(spoken.map(({ clip }) => clip.replace(/^\w\w\//u, '')).join(' '));
      return new Promise<void>((resolve, reject) => ends.push({ resolve, reject })).finally(() => (playing -= 1));
    },
  };
}

function announcerFor(languages: readonly ('vi' | 'en')[] = ['vi']) {
  const player = fakePlayer();
  const errors: unknown[] = [];
  const announcer = createAnnouncer(
    (spoken) => player.play(spoken),
    languages,
    (error) => errors.push(error),
  );
  announcer.hear([]);
  return { player, announcer, errors };
}

const sentence = (number: string): string => `chime call ${[...number.toLowerCase()].join(' ')} to-counter 1`;

describe('createAnnouncer', () => {
  it('never speaks over itself and forgets nobody', async () => {
    const { player, announcer } = announcerFor();
    announcer.hear([called('A1', 1)]);
    announcer.hear([called('A1', 1), called('B1', 2), called('A2', 3)]);
    expect(player.said).toEqual([sentence('A1')]);
    await player.end();
    await player.end();
    await player.end();
    expect(player.said).toEqual([sentence('A1'), sentence('B1'), sentence('A2')]);
    expect(player.most).toBe(1);
  });

  it('says a recall once more, but not twice', async () => {
    const { player, announcer } = announcerFor();
    announcer.hear([called('A1', 1)]);
    announcer.hear([called('A1', 2)]);
    announcer.hear([called('A1', 3)]);
    await player.end();
    await player.end();
    expect(player.said).toEqual([sentence('A1'), sentence('A1').replace('chime', 'chime again')]);
  });

  it('does not call who has been marked absent while waiting to be announced', async () => {
    const { player, announcer } = announcerFor();
    announcer.hear([called('A1', 1), called('B1', 2)]);
    announcer.hear([called('A1', 1)]);
    await player.end();
    expect(player.said).toEqual([sentence('A1')]);
  });

  it('goes on after an announcement that failed', async () => {
    const { player, announcer, errors } = announcerFor();
    announcer.hear([called('A1', 1), called('B1', 2)]);
    await player.end(new Error('no device'));
    expect(player.said).toHaveLength(2);
    expect(errors).toHaveLength(1);
  });

  it('is silent without a language', () => {
    const { player, announcer } = announcerFor([]);
    announcer.hear([called('A1', 1)]);
    expect(player.said).toEqual([]);
  });
});
