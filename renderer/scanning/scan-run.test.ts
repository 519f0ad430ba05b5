import { describe, expect, it } from 'vitest';
import type { Bridge } from '../../shared/ipc/contract.ts';
import { fail, ok } from '../../shared/lib/result.ts';
import { askedMode, runScan } from './scan-run.ts';

const job = { input: 'feeder', mode: 'grey', resolutionDpi: 300, isPreview: false } as const;

function scannerOf(answers: unknown[]) {
  const said: string[] = [];
  const invoke = async (channel: string, args: { isTaken?: boolean }) => {
    said.push(channel === 'scanning:next' ? `next ${String(args.isTaken)}` : channel.slice(9));
    if (channel === 'scanning:start') return ok({ scanId: '0199c1a0-0000-4000-8000-000000000001' });
    return answers.shift();
  };
  return { said, bridge: { invoke } as unknown as Pick<Bridge, 'invoke'> };
}
const page = (number: number) => ok({ number, bytes: new Uint8Array([number]) });
const run = (bridge: Pick<Bridge, 'invoke'>, outcomes: ('kept' | 'refused' | 'blank')[], signal = new AbortController().signal) =>
  runScan({ bridge, deviceId: 'sane:x', job, keep: async () => outcomes.shift() ?? 'kept', onProgress: () => undefined, signal });

describe('a scan', () => {
  it('lets go of a page only when it is kept, and counts what came of each', async () => {
    const { bridge, said } = scannerOf([page(1), page(2), page(3), ok(null)]);
    expect(await run(bridge, ['kept', 'refused', 'blank'])).toEqual({ pages: 1, blanks: 1, refused: 1 });
    expect(said).toEqual(['start', 'next false', 'next true', 'next false', 'next true']);
  });

  it('that jams keeps what came before', async () => {
    expect(await run(scannerOf([page(1), fail('scanner-jam')]).bridge, [])).toEqual({ pages: 1, blanks: 0, refused: 0, failure: { kind: 'scanner-jam' } });
  });

  it('is stopped at the scanner when the officer has enough, and when something breaks here', async () => {
    const stopping = new AbortController();
    stopping.abort();
    const stopped = scannerOf([ok(null), ok(null)]);
    await run(stopped.bridge, [], stopping.signal);
    expect(stopped.said).toContain('stop');

    const broken = scannerOf([page(1), undefined]);
    const end = await runScan({
      bridge: broken.bridge,
      deviceId: 'sane:x',
      job,
      keep: () => Promise.reject(new Error('x')),
      onProgress: () => undefined,
      signal: new AbortController().signal,
    });
    expect(end).toMatchObject({ failure: { kind: 'scanner-failed' } });
    expect(broken.said.at(-1)).toBe('stop');
  });
});

it('black and white is made of the scanner’s grey', () => {
  expect([askedMode('bilevel', ['colour', 'grey', 'bilevel']), askedMode('bilevel', ['bilevel']), askedMode('colour', ['colour', 'grey'])]).toEqual([
    'grey',
    'bilevel',
    'colour',
  ]);
});
