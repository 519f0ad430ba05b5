import { describe, expect, it } from 'vitest';
import { printerSettingsSchema } from './settings.ts';

const printer = { id: 'quay-1', name: 'Máy in quầy 1', connection: { type: 'tcp', host: '192.0.2.10' } };

describe('a printer in the settings', () => {
  it('draws in dots unless its letters were chosen, also in files older than that choice', () => {
    expect(printerSettingsSchema.parse(printer).mode).toBe('raster');
    const mode = { text: 'tcvn-3', table: 30 };
    expect(printerSettingsSchema.parse({ ...printer, mode }).mode).toEqual(mode);
  });
  it.each([
    ['a code page nobody knows', { mode: { text: 'utf-8', table: 1 } }],
    ['a number no byte holds', { mode: { text: 'tcvn-3', table: 255 } }],
    ['letters on a Star', { driver: 'star', mode: { text: 'tcvn-3', table: 30 } }],
  ])('refuses %s', (_, change) => {
    expect(printerSettingsSchema.safeParse({ ...printer, ...change }).success).toBe(false);
  });
});
