/** Clips ready to be played: each from the first source that has one which can be decoded, and then kept. */
import type { ClipId } from '../../../shared/voice/clips.ts';

/** Bytes of an audio file, or null where this source has no such clip. */
export type ClipSource = (clip: ClipId) => Promise<ArrayBuffer | null>;

export type Clips = (clip: ClipId) => Promise<AudioBuffer | null>;

/** `onBad` hears once of each file that could not be read or decoded; the next source is used instead. */
export function createClips(
  context: Pick<BaseAudioContext, 'decodeAudioData'>,
  sources: readonly ClipSource[],
  onBad: (clip: ClipId, error: unknown) => void,
): Clips {
  const kept = new Map<ClipId, Promise<AudioBuffer | null>>();

  async function load(clip: ClipId): Promise<AudioBuffer | null> {
    for (const source of sources) {
      try {
        const bytes = await source(clip);
        if (bytes !== null) return await context.decodeAudioData(bytes);
      } catch (error) {
        onBad(clip, error);
      }
    }
    return null;
  }

  return (clip) => {
    const known = kept.get(clip);
    if (known !== undefined) return known;
    const loading = load(clip);
    kept.set(clip, loading);
    // A network that was away for a moment must not silence a clip for the day.
    void loading.then((buffer) => buffer === null && kept.delete(clip));
    return loading;
  };
}
