/** The eSCL client against a scanner that speaks the protocol: whole jobs, and every way one breaks off. */
import { afterEach, describe, expect, it } from 'vitest';
import { createEsclSource } from '../../../electron/scanning/sources/escl-source.ts';
import type { ScanJob } from '../../../shared/scanning/scanner.ts';
import { startEsclScanner, type EsclFaults, type EsclScanner } from '../../fakes/escl-scanner.ts';

const jpeg = (number: number): Buffer => Buffer.concat([Buffer.from('ffd8ffe000044a46', 'hex'), Buffer.alloc(60_000, number), Buffer.from('ffd9', 'hex')]);
const fromFeeder: ScanJob = { input: 'feeder', mode: 'grey', resolutionDpi: 300, isPreview: false };

let scanner: EsclScanner;
afterEach(() => scanner.stop());

async function scan(faults: EsclFaults, sheets: number, job: Partial<ScanJob> = {}, stopAfter = Infinity): Promise<string[]> {
  scanner = await startEsclScanner(faults);
  scanner.feeder.push(...Array.from({ length: sheets }, (_, nth) => jpeg(nth + 1)));
  scanner.platen = jpeg(99);
  const source = createEsclSource({ list: async () => [{ name: 'Máy ở phòng bên', url: scanner.url }], pauseMs: 5, busyMs: 100 });
  const [device] = await source.devices();
  const stopping = new AbortController();
  const seen: string[] = [];
  for await (const page of source.scan(device?.id ?? '', { ...fromFeeder, ...job }, stopping.signal)) {
    seen.push(page.ok ? `page ${page.value.bytes[8]} of ${page.value.bytes.byteLength}` : page.failure.kind);
    if (seen.length === stopAfter) stopping.abort();
  }
  return seen;
}
const page = (number: number) => `page ${number} of 60010`;

describe('an eSCL scanner', () => {
  it('says what it can', async () => {
    scanner = await startEsclScanner();
    const able = await createEsclSource({ list: async () => [] }).capabilities(scanner.url);
    expect(able).toEqual({
      ok: true,
      value: { inputs: ['flatbed', 'feeder', 'duplex'], modes: ['colour', 'grey', 'bilevel'], resolutions: [100, 200, 300, 600] },
    });
  });

  it.each<[string, EsclFaults, number, Partial<ScanJob>, string[]]>([
    ['gives every sheet of its feeder', {}, 3, {}, [page(1), page(2), page(3)]],
    ['gives what lies on the glass', {}, 0, { input: 'flatbed' }, [page(99)]],
    ['shows one sheet only before the rest', {}, 3, { isPreview: true }, [page(1)]],
    ['is waited for while it is busy', { busy: 3 }, 2, {}, [page(1), page(2)]],
    ['that is busy for ever is given up', { busy: 1_000_000 }, 2, {}, ['scanner-busy']],
    ['without paper says so before it begins', {}, 0, {}, ['scanner-empty']],
    ['that jams keeps the sheets before', { jamAt: 3 }, 5, {}, [page(1), page(2), 'scanner-jam']],
    ['whose line breaks in a sheet keeps the sheets before', { cutAt: 2 }, 5, {}, [page(1), 'scanner-cut']],
    ['that wants a password says so', { isLocked: true }, 2, {}, ['scanner-denied']],
    ['behind another address is spoken to where it was found', { foreignLocation: true }, 1, {}, [page(1)]],
  ])('%s', async (_, faults, sheets, job, expected) => {
    expect(await scan(faults, sheets, job)).toEqual(expected);
    expect(scanner.openJobs(), 'every job is ended').toBe(0);
  });

  it('stops when it is told to, and its job is ended', async () => {
    expect(await scan({ sheetMs: 5 }, 9, {}, 2)).toEqual([page(1), page(2)]);
    expect(scanner.feeder.length).toBeGreaterThanOrEqual(6);
    expect(scanner.openJobs()).toBe(0);
  });

  it('is asked for A4 in the words of the protocol', async () => {
    await scan({}, 1, { input: 'duplex', mode: 'bilevel', resolutionDpi: 200 });
    const [asked = ''] = scanner.asked;
    for (const part of [
      '<pwg:InputSource>Feeder<',
      '<scan:Duplex>true<',
      '<scan:ColorMode>Grayscale8<',
      '<scan:XResolution>200<',
      '<pwg:Width>2480<',
      '<pwg:Height>3508<',
    ])
      expect(asked).toContain(part);
  });

  it('that is switched off is gone', async () => {
    scanner = await startEsclScanner();
    await scanner.stop();
    const source = createEsclSource({ list: async () => [] });
    expect(await source.capabilities(scanner.url)).toEqual({ ok: false, failure: { kind: 'scanner-gone' } });
    scanner = await startEsclScanner();
  });
});
