import { expect, it } from 'vitest';
import { SEGMENT_ROWS, toMerge, type Segment } from './segments.ts';

it('keeps a million rows in some thirty segments and writes a row a few times at most', () => {
  let segments: Segment[] = [];
  let written = 0;
  const total = 1_000_000;
  let most = 0;
  for (let rows = 0; rows < total; rows += SEGMENT_ROWS) {
    segments.push({ newest: total - rows, oldest: total - rows, rows: SEGMENT_ROWS });
    written += SEGMENT_ROWS;
    for (let merge = toMerge(segments); merge !== null; merge = toMerge(segments)) {
      const gone = new Set(merge);
      const sum = merge.reduce((count, one) => count + one.rows, 0);
      written += sum;
      segments = [...segments.filter((one) => !gone.has(one)), { newest: merge[0]?.newest ?? 0, oldest: 0, rows: sum }];
    }
    most = Math.max(most, segments.length);
  }
  expect(most).toBeLessThan(30);
  expect(written / total).toBeLessThan(4);
});

it('leaves fewer than eight alone', () => {
  expect(toMerge(Array.from({ length: 7 }, (_, at) => ({ newest: at, oldest: at, rows: 1 })))).toBeNull();
});
