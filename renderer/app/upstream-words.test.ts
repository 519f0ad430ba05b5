import type { TFunction } from 'i18next';
import { describe, expect, it } from 'vitest';
import { instantOf } from '../../shared/lib/time.ts';
import words from '../../shared/locales/vi/upstreams.json';
import { sinceWords, upstreamDeliveryWords, upstreamName } from './upstream-words.ts';

const lookUp = (key: string): unknown =>
  key
    .replace('upstreams:', '')
    .split('.')
    .reduce<unknown>((at, step) => (at as Record<string, unknown> | undefined)?.[step], words);
const exists = (key: string) => lookUp(key) !== undefined;
const t = ((key: string, values: Record<string, string> = {}) =>
  String(lookUp(key)).replace(/\{\{(\w+)\}\}/gu, (_, name: string) => values[name] ?? '')) as unknown as TFunction;

const now = instantOf('2026-11-23', '10:00');
const land = { upstream: 'land', state: 'queued', sinceMs: now } as const;
const health = (status: 'working' | 'slow' | 'down') => ({ name: 'land', status, sinceMs: instantOf('2026-11-23', '09:12'), waiting: 1, stopped: 0 });

describe('words of a delivery to a specialised system', () => {
  it('say what it waits for, and since when that is in trouble', () => {
    expect(upstreamDeliveryWords(land, health('down'), now, t, exists)).toBe('Chờ Đất đai (gián đoạn từ 09:12)');
    expect(upstreamDeliveryWords(land, health('slow'), now, t, exists)).toBe('Chờ Đất đai (chậm từ 09:12)');
    expect(upstreamDeliveryWords(land, health('working'), now, t, exists)).toBe('Chờ Đất đai');
    expect(upstreamDeliveryWords(land, undefined, now, t, exists)).toBe('Chờ Đất đai');
    expect(upstreamDeliveryWords({ upstream: 'igate', state: 'delivered', sinceMs: now }, health('down'), now, t, exists)).toBe('Đã chuyển iGate');
  });

  it('name the day of an outage that is older than today', () => {
    expect(sinceWords(instantOf('2026-11-22', '16:40'), now)).toBe('16:40 22/11/2026');
  });

  it('keep the name of a system that is newer than this counter', () => {
    expect(upstreamName('tax', t, exists)).toBe('tax');
  });
});
