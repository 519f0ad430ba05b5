/** The real `scanimage` with SANE's own test devices: what they can, whole stacks, and how they fail. */
import { readdir } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { createSaneSource } from '../../../electron/scanning/sources/sane-source.ts';
import { dimensionsOf } from '../../../shared/scanning/dimensions.ts';
import type { ScanJob } from '../../../shared/scanning/scanner.ts';
import { testScanners, type TestScanners } from '../../fixtures/sane.ts';

const glass: ScanJob = { input: 'flatbed', mode: 'grey', resolutionDpi: 75, isPreview: false };

let scanners: TestScanners;
afterEach(() => scanners.remove());

async function scan(lines: string[], job: Partial<ScanJob> = {}, { device = 'test:0', stopAfter = Infinity } = {}): Promise<string[]> {
  scanners = await testScanners(...lines);
  const stopping = new AbortController();
  const seen: string[] = [];
  for await (const page of createSaneSource({ env: scanners.env }).scan(device, { ...glass, ...job }, stopping.signal)) {
    if (page.ok) {
      const size = dimensionsOf(page.value.bytes);
      seen.push(`${size?.width}×${size?.height}`);
    } else seen.push(page.failure.kind);
    if (seen.length === stopAfter) stopping.abort();
  }
  return seen;
}

describe('scanimage', () => {
  it('names its devices and what they can', async () => {
    scanners = await testScanners();
    const source = createSaneSource({ env: scanners.env });
    expect(await source.devices()).toEqual([
      { id: 'test:0', name: 'frontend-tester', kind: 'sane' },
      { id: 'test:1', name: 'frontend-tester', kind: 'sane' },
    ]);
    expect(await source.capabilities('test:0')).toEqual({
      ok: true,
      value: { inputs: ['flatbed', 'feeder'], modes: ['colour', 'grey', 'bilevel'], resolutions: [75, 100, 150, 200, 300, 400, 600] },
    });
  });

  it('scans one A4 sheet from the glass, and ten from the feeder of the test device', async () => {
    const sheet = '620×876';
    expect(await scan([])).toEqual([sheet]);
    expect(await scan([], { input: 'feeder' })).toEqual(Array.from({ length: 10 }, () => sheet));
    expect(await scan([], { resolutionDpi: 300, mode: 'colour' })).toEqual(['2480×3507']);
  });

  it.each([
    ['SANE_STATUS_JAMMED', 'scanner-jam'],
    ['SANE_STATUS_NO_DOCS', 'scanner-empty'],
    ['SANE_STATUS_COVER_OPEN', 'scanner-cover-open'],
    ['SANE_STATUS_IO_ERROR', 'scanner-cut'],
    ['SANE_STATUS_DEVICE_BUSY', 'scanner-busy'],
  ])('%s is %s', async (status, kind) => {
    expect(await scan([`read-status-code "${status}"`], { input: 'feeder' })).toEqual([kind]);
  });

  it('says that a device is gone, and that SANE is not installed', async () => {
    expect(await scan([], {}, { device: 'test:7' })).toEqual(['scanner-gone']);
    const none = createSaneSource({ command: '/nowhere/scanimage' });
    expect(await none.devices()).toEqual([]);
    expect(await none.capabilities('test:0')).toEqual({ ok: false, failure: { kind: 'scanner-no-driver' } });
  });

  it('waits for no driver that hangs when everything has been said', async () => {
    scanners = await testScanners('read-status-code "SANE_STATUS_JAMMED"');
    const command = await scanners.program('scanimage "$@" || code=$?\ncase "$*" in *--batch*) exec sleep 600;; esac\nexit $code');
    const ended: string[] = [];
    for await (const page of createSaneSource({ command, env: scanners.env }).scan('test:0', { ...glass, input: 'feeder' }, new AbortController().signal))
      ended.push(page.ok ? 'a page' : page.failure.kind);
    expect(ended).toEqual(['scanner-jam']);
  });

  it('stops in the middle of a stack, and leaves no page behind', async () => {
    const before = (await readdir('/dev/shm')).filter((name) => name.startsWith('qmc-scan-'));
    const slow = ['read-delay true', 'read-delay-duration 20000'];
    expect(await scan(slow, { input: 'feeder', resolutionDpi: 75 }, { stopAfter: 2 })).toHaveLength(2);
    expect((await readdir('/dev/shm')).filter((name) => name.startsWith('qmc-scan-'))).toEqual(before);
  });
});
