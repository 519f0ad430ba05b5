import { describe, expect, it } from 'vitest';
import { onDesk, seeded, textPage } from '../../../tests/fixtures/pictures-of-paper.ts';
import { findPage } from './find-page.ts';
import type { Quad, Raster } from './raster.ts';
import { leaningFrame, leanOf, sizeOf, straightened } from './straighten.ts';
import { bilevelOf, cleanPaper, hasColour, isBlank } from './tones.ts';
import { turned, workPage } from './work-page.ts';

const quad = (...corners: [number, number][]): Quad => corners.map(([x, y]) => ({ x, y })) as unknown as Quad;
const worstCorner = (found: Quad, expected: Quad): number =>
  Math.max(...found.map(({ x, y }, at) => Math.hypot(x - (expected[at]?.x ?? 0), y - (expected[at]?.y ?? 0))));
const page = textPage(7);
const empty = (width: number, height: number, value: number): Raster => ({ width, height, data: new Uint8ClampedArray(width * height * 4).fill(value) });

describe('findPage', () => {
  const straight = quad([380, 60], [980, 60], [980, 908], [380, 908]);
  const aside = quad([330, 120], [900, 60], [1010, 860], [300, 900]);
  const turnedBy20 = quad([520, 40], [1050, 232], [745, 920], [215, 727]);
  it.each<[string, Quad, Parameters<typeof onDesk>[2]]>([
    ['straight on a dark desk', straight, { desk: 60 }],
    ['seen from aside', aside, { desk: 80 }],
    ['turned by twenty degrees', turnedBy20, { desk: 90 }],
    ['on a desk nearly as bright as paper', aside, { desk: 185, noise: 4, shade: 0.1 }],
    ['half in shadow', aside, { desk: 70, shade: 0.55 }],
    ['in a dim room with a noisy camera', straight, { desk: 70, noise: 22 }],
    ['on a white desk, by its edge alone', straight, { desk: 252, grain: 2, noise: 3, shade: 0.05 }],
  ])('a sheet %s', (_, expected, look) => {
    const found = findPage(onDesk(page, expected, look));
    expect(found).toBeDefined();
    // A picture of 1280 pixels: within 8 of them no letter is lost.
    expect(worstCorner(found as Quad, expected)).toBeLessThan(8);
  });

  it('takes no desk, no page that fills the picture and no noise for a sheet', () => {
    expect(findPage(empty(800, 600, 120))).toBeUndefined();
    expect(findPage(textPage(3, { width: 600, height: 848 }))).toBeUndefined();
    expect(findPage(onDesk(page, quad([100, 100], [160, 100], [160, 185], [100, 185]), {}))).toBeUndefined();
  });
});

describe('straightening', () => {
  it('makes of a sheet seen from aside an upright A4', () => {
    const from = quad([330, 120], [900, 60], [1010, 860], [300, 900]);
    const size = sizeOf(from, 3508);
    expect(size.height / size.width).toBeCloseTo(Math.SQRT2, 2);
    const upright = straightened(onDesk(page, from, { noise: 0, shade: 0 }), from, size);
    // The margin is white again: nothing of the desk is left.
    for (const [x, y] of [
      [0.03, 0.03],
      [0.97, 0.03],
      [0.03, 0.97],
      [0.97, 0.97],
    ] as const)
      expect(upright.data[(Math.floor(y * size.height) * size.width + Math.floor(x * size.width)) * 4]).toBeGreaterThan(215);
  });

  it.each([-4.5, -1.2, 0.4, 2.7, 5.5])('finds that lines lean by %d°, and sets them straight', (degrees) => {
    const leaning = straightened(page, leaningFrame(page, -degrees), page);
    expect(leanOf(leaning)).toBeCloseTo(degrees, 0.4);
    expect(Math.abs(leanOf(straightened(leaning, leaningFrame(leaning, leanOf(leaning)), leaning)))).toBeLessThan(0.25);
  });

  it('leaves straight pages, empty ones and photographs as they are', () => {
    expect(leanOf(page)).toBe(0);
    expect(leanOf(empty(600, 800, 250))).toBe(0);
    const photograph = empty(600, 800, 0);
    const next = seeded(9);
    for (let at = 0; at < photograph.data.length; at += 1) photograph.data[at] = 255 * next();
    expect(leanOf(photograph)).toBe(0);
  });
});

describe('tones', () => {
  it('makes shaded paper white and keeps ink dark and seals red', () => {
    const picture = onDesk(textPage(5, { seal: true }), quad([0, 0], [1000, 0], [1000, 1414], [0, 1414]), { width: 1000, height: 1414, shade: 0.5, noise: 3 });
    cleanPaper(picture);
    const at = (x: number, y: number) => Array.from(picture.data.subarray((y * 1000 + x) * 4, (y * 1000 + x) * 4 + 3));
    for (const x of [30, 500, 970]) expect(Math.min(...at(x, 20))).toBeGreaterThan(235);
    expect(hasColour(picture)).toBe(true);
    let darkest = 255;
    for (let x = 100; x < 900; x += 1) darkest = Math.min(darkest, at(x, 600)[0] ?? 255, at(x, 612)[0] ?? 255, at(x, 620)[0] ?? 255);
    expect(darkest).toBeLessThan(60);
  });

  it('sees colour only where there is some', () => {
    expect(hasColour(textPage(1, { seal: true }))).toBe(true);
    expect(hasColour(page)).toBe(false);
  });

  it('parts ink from paper under uneven light', () => {
    const shaded = onDesk(page, quad([0, 0], [1240, 0], [1240, 1754], [0, 1754]), { width: 1240, height: 1754, shade: 0.6, noise: 6 });
    const { data } = bilevelOf(shaded);
    const ink = (bits: Uint8Array): number => bits.reduce((sum, byte) => sum + (byte.toString(2).match(/1/gu)?.length ?? 0), 0);
    const expected = ink(bilevelOf(page).data);
    expect(ink(data)).toBeGreaterThan(expected * 0.85);
    expect(ink(data)).toBeLessThan(expected * 1.15);
  });

  it('knows the blank back of a sheet', () => {
    expect(isBlank(onDesk(empty(600, 848, 255), quad([0, 0], [600, 0], [600, 848], [0, 848]), { width: 600, height: 848, shade: 0.02, noise: 5 }))).toBe(true);
    expect(isBlank(page)).toBe(false);
  });
});

describe('a page worked on', () => {
  it('comes out of a camera picture upright, clean and grey', () => {
    const worked = workPage(onDesk(page, quad([330, 120], [900, 60], [1010, 860], [300, 900])), {
      ...{ crop: 'auto', isStraightened: true, contrast: 0.35, mode: 'auto', quarterTurns: 0 },
    });
    expect(worked).toMatchObject({ mode: 'grey', isBlank: false });
    expect(worked.crop).toBeDefined();
    expect(worked.raster.height / worked.raster.width).toBeCloseTo(Math.SQRT2, 1);
  });

  it('turns four times round to what it was', () => {
    const small = textPage(2, { width: 40, height: 56 });
    const once = turned(small, 1);
    expect([once.width, once.height]).toEqual([56, 40]);
    expect(turned(turned(turned(once, 1), 1), 1)).toEqual(small);
    expect(turned(small, 2)).toEqual(turned(once, 1));
    expect(turned(small, 3)).toEqual(turned(turned(small, 2), 1));
  });
});
