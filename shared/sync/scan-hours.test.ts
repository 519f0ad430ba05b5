import { describe, expect, it } from 'vitest';
import { instantOf } from '../lib/time.ts';
import { paceAt, scanHoursSchema, type ScanHours } from './scan-hours.ts';

const at = (hours: Partial<ScanHours>, time: string) => paceAt(scanHoursSchema.parse(hours), instantOf('2026-11-23', time));
const day = { from: '07:30', to: '17:00', maxKbps: 500 };
const night = { from: '22:00', to: '05:00', maxKbps: 0 };

describe('the hours of scans', () => {
  it('are free unless something is said', () => {
    expect(at({}, '09:00')).toEqual({ kbps: null, until: null });
    expect(at({ maxKbps: 1000 }, '09:00')).toEqual({ kbps: 1000, until: null });
  });

  it('begin and end on the minute, and say when they change', () => {
    const hours = { maxKbps: 1000, windows: [day] };
    expect(at(hours, '07:29')).toEqual({ kbps: 1000, until: '07:30' });
    expect(at(hours, '07:30')).toEqual({ kbps: 500, until: '17:00' });
    expect(at(hours, '16:59')).toEqual({ kbps: 500, until: '17:00' });
    expect(at(hours, '17:00')).toEqual({ kbps: 1000, until: '07:30' });
    expect(at({ windows: [day] }, '18:00')).toEqual({ kbps: null, until: '07:30' });
  });

  it('go over midnight, and may close altogether', () => {
    expect(at({ windows: [night] }, '23:10')).toEqual({ kbps: 0, until: '05:00' });
    expect(at({ windows: [night] }, '04:59')).toEqual({ kbps: 0, until: '05:00' });
    expect(at({ windows: [night] }, '05:00')).toEqual({ kbps: null, until: '22:00' });
  });

  it('take the lowest where windows meet, and pass over a turn that changes nothing', () => {
    const windows = [day, { from: '11:00', to: '13:00', maxKbps: 800 }, { from: '16:00', to: '18:00', maxKbps: 100 }];
    expect(at({ windows }, '10:00')).toEqual({ kbps: 500, until: '16:00' });
    expect(at({ windows }, '16:30')).toEqual({ kbps: 100, until: '18:00' });
  });

  it('know weekdays: a window belongs to the day on which it begins', () => {
    const on = (date: string, time: string, hours: Partial<ScanHours>) => paceAt(scanHoursSchema.parse(hours), instantOf(date, time));
    const office: Partial<ScanHours> = { windows: [{ ...day, days: ['mon', 'tue', 'wed', 'thu', 'fri'] }] };
    // Monday 23 November 2026, then the Friday, Saturday and Sunday after.
    expect(on('2026-11-23', '09:00', office)).toEqual({ kbps: 500, until: '17:00' });
    expect(on('2026-11-27', '16:59', office)).toEqual({ kbps: 500, until: '17:00' });
    expect(on('2026-11-27', '17:00', office)).toEqual({ kbps: null, until: '30/11 07:30' });
    expect(on('2026-11-28', '09:00', office)).toEqual({ kbps: null, until: '30/11 07:30' });
    expect(on('2026-11-29', '23:00', office)).toEqual({ kbps: null, until: '07:30' });
    const fridayNight: Partial<ScanHours> = { windows: [{ ...night, days: ['fri'] }] };
    expect(on('2026-11-27', '04:00', fridayNight)).toEqual({ kbps: null, until: '22:00' });
    expect(on('2026-11-27', '23:00', fridayNight)).toEqual({ kbps: 0, until: '05:00' });
    expect(on('2026-11-28', '04:59', fridayNight)).toEqual({ kbps: 0, until: '05:00' });
    expect(on('2026-11-28', '23:00', fridayNight)).toEqual({ kbps: null, until: '04/12 22:00' });
  });

  it.each([
    { windows: [{ ...day, days: [] }] },
    { windows: [{ ...day, days: ['mon', 'mon'] }] },
    { windows: [{ ...day, days: ['monday'] }] },
    { maxKbps: 10 },
    { maxKbps: 0 },
    { windows: [{ ...day, from: '7:30' }] },
    { windows: [{ ...day, to: '24:00' }] },
    { windows: [{ ...day, to: '07:30' }] },
    { windows: [{ ...day, maxKbps: -1 }] },
    { windows: Array.from({ length: 13 }, () => day) },
    { kbps: 100 },
  ])('refuse %j', (hours) => {
    expect(scanHoursSchema.safeParse(hours).success).toBe(false);
  });
});
