import { describe, expect, it } from 'vitest';
import { fail, ok } from '../../shared/lib/result.ts';
import { createScanDesk } from './scan-desk.ts';
import type { ScanSource } from './sources/source.ts';

const job = { input: 'feeder', mode: 'grey', resolutionDpi: 300, isPreview: false } as const;

function fakeSource(sheets: number, failure?: 'scanner-jam') {
  const log: string[] = [];
  const source: ScanSource = {
    kind: 'sane',
    devices: async () => [{ id: 'x:1', name: 'Máy X', kind: 'sane' }],
    capabilities: async () => ok({ inputs: ['feeder'], modes: ['grey'], resolutions: [300] }),
    async *scan(_id, _job, signal) {
      try {
        for (let sheet = 1; sheet <= sheets && !signal.aborted; sheet += 1) {
          log.push(`sheet ${sheet}`);
          yield ok({ bytes: new Uint8Array([sheet]), taken: async () => void log.push(`taken ${sheet}`) });
        }
        if (failure !== undefined) yield fail(failure);
      } finally {
        log.push('ended');
      }
    },
  };
  return { source, log };
}
async function begin(source: ScanSource) {
  const desk = createScanDesk([source]);
  const started = await desk.start('sane:x:1', job);
  if (!started.ok) throw new Error('not started');
  return { desk, scanId: started.value.scanId };
}

describe('the scan desk', () => {
  it('hands out a page only when it is asked for, and tells when one was taken', async () => {
    const { source, log } = fakeSource(2);
    const { desk, scanId } = await begin(source);
    expect(log).toEqual([]);
    expect(await desk.next(scanId, false)).toEqual(ok({ number: 1, bytes: new Uint8Array([1]) }));
    expect(log).toEqual(['sheet 1']);
    expect(await desk.next(scanId, true)).toMatchObject({ ok: true, value: { number: 2 } });
    expect(await desk.next(scanId, false), 'refused: not taken').toEqual(ok(null));
    expect(log).toEqual(['sheet 1', 'taken 1', 'sheet 2', 'ended']);
    expect(await desk.next(scanId, true)).toEqual(ok(null));
  });

  it('hands on what went wrong after the pages before it', async () => {
    const { desk, scanId } = await begin(fakeSource(1, 'scanner-jam').source);
    expect(await desk.next(scanId, false)).toMatchObject({ ok: true });
    expect(await desk.next(scanId, true)).toEqual({ ok: false, failure: { kind: 'scanner-jam' } });
  });

  it('stops a scan, also one that was left running', async () => {
    const { source, log } = fakeSource(9);
    const { desk, scanId } = await begin(source);
    await desk.next(scanId, false);
    await desk.start('sane:x:1', job);
    expect(log.at(-1)).toBe('ended');
    expect(await desk.next(scanId, true)).toEqual(ok(null));
    await desk.close();
  });

  it('names devices by their source and knows no others', async () => {
    const desk = createScanDesk([fakeSource(1).source]);
    expect(await desk.devices()).toEqual([{ id: 'sane:x:1', name: 'Máy X', kind: 'sane' }]);
    expect(await desk.capabilities('escl:http://192.0.2.1/eSCL')).toEqual({ ok: false, failure: { kind: 'scanner-gone' } });
    expect(await desk.start('nothing', job)).toEqual({ ok: false, failure: { kind: 'scanner-gone' } });
  });
});
