/** Makes paper white and ink dark, whatever light it lay in, and takes colours away. */
import { blurred, greyOf, rowBytes, shrunk, type Bilevel, type Grey, type Raster } from './raster.ts';

const FIELD_PX = 48;
/** What is nearly white is white: the sensor's noise on bare paper would be half of the file. */
const WHITE = 238;

/**
 * How bright bare paper is at each place, on a grid of `FIELD_PX`: the light part of each field, smoothed, so that a stamp or a
 * photograph does not count as shadow.
 */
function paperLight(grey: Grey): { columns: number; rows: number; light: Grey } {
  const columns = Math.max(1, Math.ceil(grey.width / FIELD_PX));
  const rows = Math.max(1, Math.ceil(grey.height / FIELD_PX));
  const data = new Uint8Array(columns * rows);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const counts = new Uint32Array(256);
      let total = 0;
      for (let y = row * FIELD_PX; y < Math.min(grey.height, (row + 1) * FIELD_PX); y += 2) {
        for (let x = column * FIELD_PX; x < Math.min(grey.width, (column + 1) * FIELD_PX); x += 2) {
          const value = grey.data[y * grey.width + x] ?? 0;
          counts[value] = (counts[value] ?? 0) + 1;
          total += 1;
        }
      }
      let seen = 0;
      let value = 255;
      for (; value > 0 && seen < total * 0.12; value -= 1) seen += counts[value] ?? 0;
      data[row * columns + column] = value;
    }
  }
  // A field that is dark all over takes the light of its brighter neighbours.
  const lifted = data.slice();
  for (let round = 0; round < 3; round += 1) {
    const before = lifted.slice();
    for (let at = 0; at < lifted.length; at += 1) {
      const column = at % columns;
      const around = [column > 0 ? before[at - 1] : undefined, column < columns - 1 ? before[at + 1] : undefined, before[at - columns], before[at + columns]];
      const brightest = Math.max(...around.map((value) => value ?? 0));
      if (brightest - (before[at] ?? 0) > 40) lifted[at] = brightest - 10;
    }
  }
  return { columns, rows, light: blurred({ width: columns, height: rows, data: lifted }, 1) };
}

/** `contrast`: 0 leaves the ink as it is, 1 makes it as dark as it goes. In place. */
export function cleanPaper(picture: Raster, contrast = 0.35): void {
  const { width, height, data } = picture;
  const grey = greyOf(picture);
  const { columns, rows, light } = paperLight(grey);
  const at = (column: number, row: number): number =>
    Math.max(60, light.data[Math.min(rows - 1, Math.max(0, row)) * columns + Math.min(columns - 1, Math.max(0, column))] ?? 255);
  const black = contrast * 70;
  const tone = new Uint8ClampedArray(512);
  for (let value = 0; value < 512; value += 1) tone[value] = ((Math.min(255, value) - black) * 255) / (WHITE - black);
  for (let y = 0; y < height; y += 1) {
    const fieldY = (y + 0.5) / FIELD_PX - 0.5;
    const row = Math.floor(fieldY);
    const low = fieldY - row;
    for (let x = 0; x < width; x += 1) {
      const fieldX = (x + 0.5) / FIELD_PX - 0.5;
      const column = Math.floor(fieldX);
      const right = fieldX - column;
      const paper =
        (at(column, row) * (1 - right) + at(column + 1, row) * right) * (1 - low) + (at(column, row + 1) * (1 - right) + at(column + 1, row + 1) * right) * low;
      const gain = 255 / paper;
      const index = (y * width + x) * 4;
      for (let channel = 0; channel < 3; channel += 1) data[index + channel] = tone[Math.min(511, Math.floor((data[index + channel] ?? 0) * gain))] ?? 0;
    }
  }
}

/** In place. */
export function takeColourAway(picture: Raster): void {
  const grey = greyOf(picture);
  for (let at = 0, to = 0; at < grey.data.length; at += 1, to += 4) picture.data[to] = picture.data[to + 1] = picture.data[to + 2] = grey.data[at] ?? 0;
}

/** Whether anything on it is coloured: a red seal, a signature in blue. */
export function hasColour({ width, height, data }: Raster): boolean {
  let coloured = 0;
  const step = Math.max(1, Math.floor(Math.sqrt((width * height) / 250_000)));
  let looked = 0;
  for (let y = 0; y < height; y += step) {
    for (let x = 0; x < width; x += step) {
      const at = (y * width + x) * 4;
      const [red = 0, green = 0, blue = 0] = data.subarray(at, at + 3);
      looked += 1;
      if (Math.max(red, green, blue) - Math.min(red, green, blue) > 60) coloured += 1;
    }
  }
  return coloured > looked * 0.0015;
}

/** A third of a pixel softer, by 1-2-1 across and down: what the sensor's noise adds to the rim of a letter doubles its size in group 4. */
function softened({ width, height, data }: Grey): Uint8Array {
  const soft = data.slice();
  for (let y = 1; y < height - 1; y += 1) {
    for (let at = y * width + 1; at < (y + 1) * width - 1; at += 1) {
      const above = (data[at - width - 1] ?? 0) + 2 * (data[at - width] ?? 0) + (data[at - width + 1] ?? 0);
      const here = (data[at - 1] ?? 0) + 2 * (data[at] ?? 0) + (data[at + 1] ?? 0);
      const below = (data[at + width - 1] ?? 0) + 2 * (data[at + width] ?? 0) + (data[at + width + 1] ?? 0);
      soft[at] = (above + 2 * here + below) >> 4;
    }
  }
  return soft;
}

/** Darker than the mean around it by so much is ink (Bradley and Roth 2007); specks of one pixel are dust. */
export function bilevelOf(picture: Raster, share = 0.14): Bilevel {
  const { width, height } = picture;
  const grey = softened(greyOf(picture));
  const radius = Math.max(8, Math.round(Math.max(width, height) / 90));
  const data = new Uint8Array(rowBytes(width) * height);
  // Sums of columns over the rows around the row at hand, so that memory stays that of one row.
  const columns = new Float64Array(width);
  const addRow = (y: number, sign: 1 | -1): void => {
    if (y < 0 || y >= height) return;
    for (let x = 0; x < width; x += 1) columns[x] = (columns[x] ?? 0) + sign * (grey[y * width + x] ?? 0);
  };
  for (let y = 0; y <= radius; y += 1) addRow(y, 1);
  const dark = new Uint8Array(width * height);
  for (let y = 0; y < height; y += 1) {
    const tall = Math.min(height - 1, y + radius) - Math.max(0, y - radius) + 1;
    let sum = 0;
    for (let x = 0; x <= Math.min(radius, width - 1); x += 1) sum += columns[x] ?? 0;
    for (let x = 0; x < width; x += 1) {
      const wide = Math.min(width - 1, x + radius) - Math.max(0, x - radius) + 1;
      const value = grey[y * width + x] ?? 0;
      // What is black all over is black, however black its surroundings.
      if (value < 60 || (value < 235 && value * tall * wide < sum * (1 - share))) dark[y * width + x] = 1;
      if (x + radius + 1 < width) sum += columns[x + radius + 1] ?? 0;
      if (x - radius >= 0) sum -= columns[x - radius] ?? 0;
    }
    addRow(y + radius + 1, 1);
    addRow(y - radius, -1);
  }
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const at = y * width + x;
      if (dark[at] === 0) continue;
      const beside = (x > 0 ? (dark[at - 1] ?? 0) : 0) + (x < width - 1 ? (dark[at + 1] ?? 0) : 0) + (dark[at - width] ?? 0) + (dark[at + width] ?? 0);
      if (beside === 0) continue;
      const byte = y * rowBytes(width) + (x >> 3);
      data[byte] = (data[byte] ?? 0) | (0x80 >> (x & 7));
    }
  }
  return { width, height, data };
}

/** Whether a sheet is blank on this side, as the back of one that went through a duplex feeder. */
export function isBlank(picture: Raster): boolean {
  const { grey } = shrunk(greyOf(picture), 400);
  const calm = blurred(grey, 1);
  const margin = Math.round(Math.min(calm.width, calm.height) * 0.06);
  let [sum, squares, count, darkest] = [0, 0, 0, 255];
  for (let y = margin; y < calm.height - margin; y += 1) {
    for (let x = margin; x < calm.width - margin; x += 1) {
      const value = calm.data[y * calm.width + x] ?? 0;
      sum += value;
      squares += value * value;
      count += 1;
      darkest = Math.min(darkest, value);
    }
  }
  const mean = sum / count;
  return mean > 120 && mean - darkest < 30 && squares / count - mean * mean < 16;
}
