/**
 * Draws the program's icon, a door with a counter in it, into this folder: PNGs for Linux, icon.ico for Windows,
 * icon.icns for macOS. Run `node build/icons/draw.mjs` after a change and commit what it writes.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PNG } from 'pngjs';

/** A shape is its signed distance from a point, negative inside; the unit is the icon's width. @typedef {(x: number, y: number) => number} Shape */

/** @type {(left: number, top: number, right: number, bottom: number, radius: number) => Shape} */
const box = (left, top, right, bottom, radius) => (x, y) => {
  const dx = Math.abs(x - (left + right) / 2) - (right - left) / 2 + radius;
  const dy = Math.abs(y - (top + bottom) / 2) - (bottom - top) / 2 + radius;
  return Math.hypot(Math.max(dx, 0), Math.max(dy, 0)) + Math.min(Math.max(dx, dy), 0) - radius;
};
/** @type {(left: number, top: number, right: number, bottom: number) => Shape} a doorway with a round head */
const arch = (left, top, right, bottom) => {
  const radius = (right - left) / 2;
  const opening = box(left, top + radius, right, bottom, 0);
  return (x, y) => Math.min(Math.hypot(x - left - radius, y - top - radius) - radius, opening(x, y));
};
/** @type {(x1: number, y1: number, x2: number, y2: number, width: number) => Shape} */
const stroke = (x1, y1, x2, y2, width) => (x, y) => {
  const [dx, dy] = [x2 - x1, y2 - y1];
  const along = Math.min(1, Math.max(0, ((x - x1) * dx + (y - y1) * dy) / (dx * dx + dy * dy)));
  return Math.hypot(x - x1 - along * dx, y - y1 - along * dy) - width / 2;
};
/** @type {(first: Shape, second: Shape) => Shape} */
const either = (first, second) => (x, y) => Math.min(first(x, y), second(x, y));

/** From back to front. @type {[shape: Shape, colour: [red: number, green: number, blue: number]][]} */
const layers = [
  [box(0.04, 0.04, 0.96, 0.96, 0.2), [0x1b, 0x4f, 0x9c]],
  [arch(0.25, 0.15, 0.75, 0.7), [0xff, 0xff, 0xff]],
  [arch(0.33, 0.23, 0.67, 0.7), [0x1b, 0x4f, 0x9c]],
  [either(stroke(0.42, 0.46, 0.48, 0.52, 0.06), stroke(0.48, 0.52, 0.59, 0.38, 0.06)), [0xff, 0xff, 0xff]],
  [box(0.15, 0.64, 0.85, 0.74, 0.03), [0xff, 0xc8, 0x3d]],
  [box(0.22, 0.74, 0.78, 0.85, 0), [0xe0, 0xa8, 0x1e]],
];

/** @param {number} size in pixels @returns {Buffer} a PNG */
const draw = (size) => {
  const image = new PNG({ width: size, height: size });
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      let [red, green, blue, alpha] = [0, 0, 0, 0];
      for (const [shape, colour] of layers) {
        const distance = shape((column + 0.5) / size, (row + 0.5) / size) * size;
        const cover = Math.min(1, Math.max(0, 0.5 - distance));
        const under = alpha * (1 - cover);
        alpha = cover + under;
        if (alpha === 0) continue;
        red = (colour[0] * cover + red * under) / alpha;
        green = (colour[1] * cover + green * under) / alpha;
        blue = (colour[2] * cover + blue * under) / alpha;
      }
      image.data.set([red, green, blue, alpha * 255].map(Math.round), (row * size + column) * 4);
    }
  }
  return PNG.sync.write(image);
};

/** ICO: a directory of 16-byte entries, then the PNGs; a size of 256 is written as 0. @param {number[]} sizes */
const ico = (sizes) => {
  const header = Buffer.alloc(6 + 16 * sizes.length);
  header.writeUInt16LE(1, 2);
  header.writeUInt16LE(sizes.length, 4);
  const images = sizes.map(draw);
  let offset = header.length;
  images.forEach((image, index) => {
    const entry = 6 + 16 * index;
    header.writeUInt8((sizes[index] ?? 0) % 256, entry);
    header.writeUInt8((sizes[index] ?? 0) % 256, entry + 1);
    header.writeUInt16LE(1, entry + 4);
    header.writeUInt16LE(32, entry + 6);
    header.writeUInt32LE(image.length, entry + 8);
    header.writeUInt32LE(offset, entry + 12);
    offset += image.length;
  });
  return Buffer.concat([header, ...images]);
};

/** ICNS: chunks of a type, a length with its own eight bytes, and a PNG. @param {Record<string, number>} sizes by chunk type */
const icns = (sizes) => {
  const chunk = (/** @type {string} */ type, /** @type {Buffer} */ body) => {
    const head = Buffer.alloc(8);
    head.write(type, 'latin1');
    head.writeUInt32BE(body.length + 8, 4);
    return Buffer.concat([head, body]);
  };
  return chunk('icns', Buffer.concat(Object.entries(sizes).map(([type, size]) => chunk(type, draw(size)))));
};

const write = (/** @type {string} */ name, /** @type {Buffer} */ bytes) => writeFileSync(join(import.meta.dirname, name), bytes);
for (const size of [16, 32, 48, 64, 128, 256, 512]) write(`${size}x${size}.png`, draw(size));
write('icon.ico', ico([16, 24, 32, 48, 64, 128, 256]));
write('icon.icns', icns({ icp4: 16, icp5: 32, ic07: 128, ic08: 256, ic09: 512, ic10: 1024 }));
