/** The voice's part of the settings: which languages, how loud at which hour, whose recordings. */
import { z } from 'zod';
import { isWithin, timeOfDay, timeOfDayAt } from '../lib/hours.ts';
import { voiceLanguages } from './clips.ts';

const percent = z.int().min(0).max(100);

export const voiceSettingsSchema = z.strictObject({
  /** In this order; none: the board is silent. */
  languages: z
    .array(z.enum(voiceLanguages))
    .max(voiceLanguages.length)
    .refine((languages) => new Set(languages).size === languages.length, { message: 'a language twice' })
    .default(['vi', 'en']),
  volumePercent: percent.default(80),
  /** Instead of `volumePercent` at these hours, over midnight too; of several at once the quietest. */
  hours: z
    .array(
      z
        .strictObject({ from: timeOfDay, to: timeOfDay, volumePercent: percent })
        .refine(({ from, to }) => from !== to, { path: ['to'], message: 'must differ from the beginning' }),
    )
    .max(12)
    .default([]),
  /** A folder with the office's own recordings, laid out and named as in renderer/board/voice/clips; what is not there or cannot be played is said by the bundled voice. */
  recordings: z.string().min(1).max(1000).optional(),
});
export type VoiceSettings = z.infer<typeof voiceSettingsSchema>;

/** 0 to 1. The ear hears the square of what the percentage says: half is heard as half. */
export function loudnessAt({ volumePercent, hours }: Pick<VoiceSettings, 'volumePercent' | 'hours'>, nowMs: number): number {
  const time = timeOfDayAt(nowMs);
  const now = hours.filter((window) => isWithin(window, time)).map((window) => window.volumePercent);
  const heard = (now.length === 0 ? volumePercent : Math.min(...now)) / 100;
  return heard * heard;
}
