import { describe, expect, it } from 'vitest';
import { loudnessAt, voiceSettingsSchema } from './settings.ts';

const at = (time: string): number => Date.parse(`2026-11-23T${time}:00+07:00`);
const settings = voiceSettingsSchema.parse({
  volumePercent: 80,
  hours: [
    { from: '11:30', to: '13:30', volumePercent: 40 },
    { from: '17:00', to: '07:00', volumePercent: 0 },
    { from: '13:00', to: '14:00', volumePercent: 60 },
  ],
});

describe('loudnessAt', () => {
  it.each([
    ['09:00', 0.8],
    ['11:29', 0.8],
    ['11:30', 0.4],
    ['13:15', 0.4],
    ['13:30', 0.6],
    ['14:00', 0.8],
    ['17:00', 0],
    ['03:00', 0],
    ['07:00', 0.8],
  ])('at %s', (time, heard) => {
    expect(loudnessAt(settings, at(time))).toBeCloseTo(heard * heard);
  });

  it('speaks both languages unless the settings say otherwise', () => {
    expect(voiceSettingsSchema.parse({})).toEqual({ languages: ['vi', 'en'], volumePercent: 80, hours: [] });
    expect(voiceSettingsSchema.safeParse({ languages: ['vi', 'vi'] }).success).toBe(false);
    expect(voiceSettingsSchema.safeParse({ hours: [{ from: '08:00', to: '08:00', volumePercent: 1 }] }).success).toBe(false);
  });
});
