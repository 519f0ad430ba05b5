import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { emptyCounterState } from '../../shared/journal/counter-state.ts';
import { printedSeed, seeded } from '../../tests/fixtures/journals.ts';
import { createSegmentIndex, decodeSegmentIndex, type IndexCover } from './segment-index.ts';

const cover: IndexCover = { bytes: 9, before: { seq: 0, hash: 'a' }, last: { seq: 1, hash: 'b' }, state: emptyCounterState };

describe('segment index', () => {
  it('answers like a map of objects, in whatever order entries came, also after going to disk and back', () => {
    const next = seeded(printedSeed('segment index'));
    const positions = new Map<number, { offset: number; bytes: number }>();
    const accepted = new Map<string, { seq: number; scans: number }>();
    let index = createSegmentIndex('s');
    for (let step = 0; step < 3000; step++) {
      // Mostly in order, now and then a place already taken or skipped.
      const seq = next(10) === 0 ? 1 + next(4000) : Math.max(0, ...[...positions.keys()].slice(-1)) + 1;
      const position = { offset: next(2 ** 25), bytes: 1 + next(5000) };
      expect(index.add(seq, position)).toBe(!positions.has(seq));
      if (!positions.has(seq)) positions.set(seq, position);
      if (next(3) === 0) {
        // Now and then a correction, which takes the place of what was known.
        const known = [...accepted.keys()];
        const dossierId = next(4) === 0 && known.length > 0 ? (known[next(known.length)] as string) : randomUUID();
        accepted.set(dossierId, { seq, scans: next(300) });
        index.addAccepted(dossierId, accepted.get(dossierId) ?? { seq: 0, scans: 0 });
      }
      if (next(500) === 0) {
        const decoded = decodeSegmentIndex('s', index.encode(cover));
        expect(decoded?.cover).toEqual(cover);
        index = decoded?.index ?? index;
      }
    }
    const seqs = [...positions.keys()].sort((a, b) => a - b);
    for (let seq = 0; seq < 4200; seq++) expect(index.positionOf(seq)).toEqual(positions.get(seq));
    for (const [dossierId, at] of accepted) expect(index.acceptedAt(dossierId)).toEqual(at);
    for (const [first, last] of [
      [0, 4200],
      [1000, 1400],
    ] as const) {
      const said = index.saidBetween(first, last);
      const wanted = [...accepted.values()].filter(({ seq }) => seq >= first && seq <= last);
      for (const { seq } of wanted) expect(said.has(seq)).toBe(true);
      for (const [seq, { dossierId, scans }] of said) {
        expect(seq >= first && seq <= last).toBe(true);
        // Of what was said again later an index may still know who said it before.
        if (accepted.get(dossierId)?.seq === seq) expect(scans).toBe(accepted.get(dossierId)?.scans);
      }
    }
    for (let i = 0; i < 200; i++) expect(index.acceptedAt(randomUUID())).toBeUndefined();
    expect([index.firstSeq(), index.lastSeq()]).toEqual([seqs[0], seqs.at(-1)]);
    for (let i = 0; i < 50; i++) {
      const [after, limit] = [next(4200), next(50)];
      expect(index.after(after, limit)).toEqual(
        seqs
          .filter((seq) => seq > after)
          .slice(0, limit)
          .map((seq) => ({ seq, ...positions.get(seq) })),
      );
    }
  });

  it('is not read from bytes that are cut or foreign', () => {
    const index = createSegmentIndex('s');
    for (let seq = 1; seq < 20; seq++) index.add(seq, { offset: seq, bytes: 1 });
    index.addAccepted(randomUUID(), { seq: 3, scans: 0 });
    const whole = index.encode(cover);
    for (let length = 0; length < whole.length; length++) expect(decodeSegmentIndex('s', whole.subarray(0, length))?.index.lastSeq()).not.toBe(20);
    expect(decodeSegmentIndex('s', Buffer.alloc(0))).toBeUndefined();
    expect(decodeSegmentIndex('s', whole.subarray(0, whole.length - 1))).toBeUndefined();
  });
});
