import { PNG } from 'pngjs';
import { describe, expect, it } from 'vitest';
import { bandsOf, rasterToPng, stack, thresholdBgra, type Raster } from './raster.ts';

const rasterOf = (rows: readonly string[]): Raster => ({
  widthDots: rows[0]!.length,
  heightDots: rows.length,
  bits: Uint8Array.from(rows.flatMap((row) => row.match(/.{8}/gu)!.map((byte) => parseInt(byte.replaceAll('#', '1').replaceAll('.', '0'), 2)))),
});

describe('thresholdBgra', () => {
  it('burns what is dark and leaves what is light, leftmost dot in the highest bit', () => {
    const bgra = new Uint8Array(8 * 4).fill(255);
    bgra.set([0, 0, 0, 255], 0);
    bgra.set([150, 150, 150, 255], 4);
    bgra.set([200, 200, 200, 255], 8);
    bgra.set([0, 0, 255, 255], 28);
    expect([...thresholdBgra(bgra, 8, 1).bits]).toEqual([0b11000001]);
  });
  it('refuses a bitmap that is not what its size says', () => {
    expect(() => thresholdBgra(new Uint8Array(31), 8, 1)).toThrow();
    expect(() => thresholdBgra(new Uint8Array(400), 10, 10)).toThrow();
  });
});

describe('rasterToPng', () => {
  it('draws ink black and paper white', () => {
    const png = PNG.sync.read(rasterToPng(rasterOf(['#......#', '........'])));
    expect([png.width, png.height]).toEqual([8, 2]);
    expect([...png.data].filter((_, at) => at % 4 === 0)).toEqual([0, 255, 255, 255, 255, 255, 255, 0, ...Array<number>(8).fill(255)]);
  });
});

describe('stack', () => {
  it('puts one under the other and refuses different widths', () => {
    expect(stack([rasterOf(['#.......']), rasterOf(['.......#'])])).toEqual(rasterOf(['#.......', '.......#']));
    expect(() => stack([rasterOf(['........']), rasterOf(['................'])])).toThrow();
  });
});

describe('bandsOf', () => {
  const blank = '.'.repeat(24);
  const left = `#${'.'.repeat(23)}`;
  const right = `${'.'.repeat(23)}#`;
  it('cuts inked bands to their ink and keeps blank ones apart', () => {
    const rows = [left, left, ...Array<string>(10).fill(blank), right];
    expect(bandsOf(rasterOf(rows), 48)).toEqual([
      { top: 0, rows: 2, inkedBytes: 1 },
      { top: 2, rows: 10, inkedBytes: 0 },
      { top: 12, rows: 1, inkedBytes: 3 },
    ]);
  });
  it('does not split for a gap between two letters', () => {
    expect(bandsOf(rasterOf([left, blank, blank, right]), 48)).toEqual([{ top: 0, rows: 4, inkedBytes: 3 }]);
  });
  it('covers every row once and never exceeds the limit', () => {
    const rows = Array.from({ length: 500 }, (_, row) => (row % 37 < 20 ? left : blank));
    const bands = bandsOf(rasterOf(rows), 48);
    let top = 0;
    for (const band of bands) {
      expect(band.top).toBe(top);
      expect(band.rows).toBeLessThanOrEqual(band.inkedBytes === 0 ? 2000 : 48);
      top += band.rows;
    }
    expect(top).toBe(500);
  });
});
