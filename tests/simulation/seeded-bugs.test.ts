/** The simulation is worth what it finds: each of these mistakes, put in on purpose, has to be noticed within a few hundred seeds. */
import { describe, expect, it } from 'vitest';
import type { DeviceBug } from './model-device.ts';
import type { ProvinceBug } from './model-province.ts';
import { MENDING, simulate, SMALL } from './simulate.ts';

const PROVINCE_BUGS: Record<ProvinceBug, string> = {
  'duplicate-is-new': 'what is offered twice takes effect twice',
  'skips-gap': 'an entry behind a gap is taken',
  'out-of-order': 'the entries of a batch are taken from the last to the first',
  'answers-before-commit': 'an answer goes out and the transaction is lost',
  'confirms-without-scans': 'a dossier counts as delivered before its scans are verified',
  'no-safety-gap': 'a restored province gives out the numbers of its forgotten life again',
  'fork-is-duplicate': 'another entry in a taken place is answered as if it were known',
  'same-epoch': 'a restored province does not say that it was restored',
  'ignores-corrections': 'a correction is answered and has no effect',
};

const DEVICE_BUGS: Record<DeviceBug, string> = {
  'forgets-unconfirmed': 'after a restart nothing is known to wait for its scans',
  'never-rewinds': 'what a restored province has lost is not offered again',
  'forgets-used-numbers': 'a restart begins the numbers of the day anew',
  'uses-ended-leases': 'numbers are taken from leases that have ended or not begun',
  'drops-rejected': 'a refused entry is parked nowhere',
  'numbers-in-quarantine': 'a copy goes on with the numbers it shares',
  'carries-nothing': 'a device that enrols anew leaves its unsent work behind',
  'purges-at-once': 'what is confirmed leaves before a backup has it',
  'acknowledges-unanswered': 'an entry without an answer counts as acknowledged',
  'recodes-with-the-same-code': 'a dossier whose code is taken is sent with the same code again',
};

/** Mistakes that only lives can show in which officers mend what was refused. */
const MENDED = new Set<string>(['ignores-corrections', 'recodes-with-the-same-code']);

const SEEDS = 400;
const AT_ONCE = 50;

async function isCaught(bug: { provinceBug?: ProvinceBug; deviceBug?: DeviceBug }): Promise<boolean> {
  for (let from = 1; from <= SEEDS; from += AT_ONCE) {
    const failed = await simulate(
      Array.from({ length: AT_ONCE }, (_, index) => from + index),
      { ...(MENDED.has(bug.provinceBug ?? bug.deviceBug ?? '') ? MENDING : SMALL), ...bug },
    );
    if (failed.length > 0) return true;
  }
  return false;
}

describe('a mistake put in on purpose is noticed', () => {
  it.each(Object.entries(PROVINCE_BUGS) as Array<[ProvinceBug, string]>)('province: %s (%s)', async (provinceBug) => {
    expect(await isCaught({ provinceBug })).toBe(true);
  });
  it.each(Object.entries(DEVICE_BUGS) as Array<[DeviceBug, string]>)('device: %s (%s)', async (deviceBug) => {
    expect(await isCaught({ deviceBug })).toBe(true);
  });
});
