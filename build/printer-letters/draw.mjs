/**
 * Draws the letters in the virtual printer's ROM from the font of our papers (Be Vietnam Pro, OFL) and writes
 * electron/printing/virtual/rom.ts. Run `node build/printer-letters/draw.mjs` after a change and commit what it writes.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { onDisplay } from '../display.mjs';
import { electronPath } from '../electron-runtime.mjs';
import { inRepo } from '../paths.mjs';

/** Font A of an 8 dots/mm head. */
const WIDTH = 12;
const HEIGHT = 24;
const WEIGHT = 500;
/** Drawn so much larger, then counted down: a dot is black where enough of it is. */
const SCALE = 8;
const INK = 0.42;

const ascii = Array.from({ length: 0x5e }, (_, at) => String.fromCharCode(0x21 + at));
const tones = ['', '\u0300', '\u0301', '\u0309', '\u0303', '\u0323'];
const vowels = [...'aăâeêioôơuưy'].flatMap((vowel) => tones.map((tone) => (vowel + tone).normalize('NFC')));
const vietnamese = [...vowels, 'đ'].flatMap((letter) => [letter, letter.toUpperCase()]).filter((letter) => letter > '~');
const letters = [...ascii, ...vietnamese].join('');

const draw = `
(async () => {
  await document.fonts.load('${WEIGHT} 40px Letters', 'aặ');
  await document.fonts.load('${WEIGHT} 40px LettersVi', 'aặ');
  const letters = [...${JSON.stringify(letters)}];
  const canvas = document.createElement('canvas');
  canvas.width = ${WIDTH * SCALE};
  canvas.height = ${HEIGHT * SCALE};
  const context = canvas.getContext('2d', { willReadFrequently: true });
  const font = (size) => '${WEIGHT} ' + size + 'px Letters, LettersVi';
  context.font = font(100);
  const bounds = letters.map((letter) => context.measureText(letter));
  const above = Math.max(...bounds.map((one) => one.actualBoundingBoxAscent)) / 100;
  const below = Math.max(...bounds.map((one) => one.actualBoundingBoxDescent)) / 100;
  const size = (canvas.height - 2) / (above + below);
  context.font = font(size);
  const free = canvas.width - ${SCALE};
  return letters.map((letter) => {
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.fillStyle = '#fff';
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.fillStyle = '#000';
    const { actualBoundingBoxLeft: left, actualBoundingBoxRight: right } = context.measureText(letter);
    const narrow = Math.min(1, free / (left + right));
    context.setTransform(narrow, 0, 0, 1, canvas.width / 2 - (narrow * (right - left)) / 2, 1 + above * size);
    context.fillText(letter, 0, 0);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    const rows = [];
    for (let row = 0; row < ${HEIGHT}; row += 1) {
      let bits = 0;
      for (let column = 0; column < ${WIDTH}; column += 1) {
        let ink = 0;
        for (let y = 0; y < ${SCALE}; y += 1) for (let x = 0; x < ${SCALE}; x += 1) ink += 255 - data[((row * ${SCALE} + y) * canvas.width + column * ${SCALE} + x) * 4];
        bits = bits * 2 + (ink / 255 / ${SCALE * SCALE} >= ${INK} ? 1 : 0);
      }
      rows.push(bits);
    }
    return rows;
  });
})()`;

const folder = mkdtempSync(join(tmpdir(), 'qmc-letters-'));
try {
  for (const part of ['latin', 'vietnamese'])
    copyFileSync(inRepo(`node_modules/@fontsource/be-vietnam-pro/files/be-vietnam-pro-${part}-${WEIGHT}-normal.woff2`), join(folder, `${part}.woff2`));
  writeFileSync(
    join(folder, 'page.html'),
    `<style>@font-face { font-family: Letters; src: url(latin.woff2); font-weight: ${WEIGHT}; unicode-range: U+0000-00FF }
     @font-face { font-family: LettersVi; src: url(vietnamese.woff2); font-weight: ${WEIGHT} }</style>`,
  );
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'qmc-letters', version: '1.0.0', main: 'main.cjs' }));
  writeFileSync(
    join(folder, 'main.cjs'),
    `const { app, BrowserWindow } = require('electron');
     app.whenReady().then(async () => {
       const window = new BrowserWindow({ show: false });
       await window.loadFile('page.html');
       require('node:fs').writeFileSync('letters.json', JSON.stringify(await window.webContents.executeJavaScript(${JSON.stringify(draw)})));
       app.quit();
     });`,
  );
  const { command, args } = onDisplay(electronPath(), [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), folder]);
  spawnSync(command, args, { cwd: folder, stdio: 'inherit' });
  /** @type {number[][]} */
  const drawn = JSON.parse(readFileSync(join(folder, 'letters.json'), 'utf8'));
  const rows = Buffer.alloc(drawn.length * HEIGHT * 2);
  drawn.flat().forEach((bits, at) => rows.writeUInt16BE(bits, at * 2));
  const escaped = letters.replace(/[\\']/gu, '\\$&');
  writeFileSync(
    inRepo('electron/printing/virtual/rom.ts'),
    `/** The letters of the virtual printer, ${WIDTH} by ${HEIGHT} dots each: written by build/printer-letters/draw.mjs from Be Vietnam Pro (OFL). */
export const ROM_LETTERS = '${escaped}';
/** For each a row of dots in two bytes, from the top, the leftmost dot highest; deflated, in base64. */
export const ROM_ROWS =
  '${deflateRawSync(rows, { level: 9 }).toString('base64')}';
`,
  );
  for (const wanted of process.argv.slice(2).join('')) {
    const at = [...letters].indexOf(wanted);
    for (const bits of drawn[at] ?? []) console.log(bits.toString(2).padStart(WIDTH, '0').replaceAll('0', '.').replaceAll('1', '#'));
    console.log(wanted);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
