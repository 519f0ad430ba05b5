/**
 * Speaks the words of words.json with espeak-ng and writes the clips of the board's voice, which are committed: building and
 * running the app needs no synthesiser. `npm run voice` after a change of the words. What espeak-ng says is not covered by
 * its licence (GPL-3): the output of a program is not its code.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inRepo } from '../paths.mjs';
import { mustRun, say } from '../run.mjs';

const RATE = 22_050;
const VOICES = { vi: 'vi', en: 'en-gb' };
const PITCH = 45;
/** Single signs slower than sentences: a hall is loud and there is one chance to hear a digit. */
const WORDS_A_MINUTE = { sign: 105, phrase: 130 };
/** Equal to the ear: the mean power of every clip, of full scale; no sample above the peak. */
const LOUDNESS = 0.16;
const PEAK = 0.9;
const SILENT = 0.012;
const FADE_SAMPLES = RATE * 0.004;
const BITS_A_SECOND = 24_000;

/** @param {Buffer} file a mono 16-bit WAV, as espeak-ng writes it @returns {Float64Array} */
const samplesOf = (file) => {
  const at = file.indexOf('data', 12, 'latin1') + 8;
  const bytes = Math.min(file.readUInt32LE(at - 4), file.length - at);
  return Float64Array.from({ length: bytes >> 1 }, (_, index) => file.readInt16LE(at + 2 * index) / 32_768);
};

/** @param {Float64Array} samples @returns {Buffer} */
const wavOf = (samples) => {
  const file = Buffer.alloc(44 + 2 * samples.length);
  file.write('RIFF', 0, 'latin1');
  file.writeUInt32LE(36 + 2 * samples.length, 4);
  file.write('WAVEfmt ', 8, 'latin1');
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(RATE, 24);
  file.writeUInt32LE(2 * RATE, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36, 'latin1');
  file.writeUInt32LE(2 * samples.length, 40);
  samples.forEach((sample, index) => file.writeInt16LE(Math.round(sample * 32_767), 44 + 2 * index));
  return file;
};

/** Without the silence around it, faded at both ends so that clips join without a click, as loud as every other. @param {Float64Array} samples */
const trimmed = (samples) => {
  const isHeard = (/** @type {number} */ sample) => Math.abs(sample) > SILENT;
  const first = samples.findIndex(isHeard);
  if (first === -1) throw new Error('nothing was said');
  const kept = samples.slice(Math.max(0, first - FADE_SAMPLES), samples.findLastIndex(isHeard) + FADE_SAMPLES);
  const power = Math.sqrt(kept.reduce((sum, sample) => sum + sample * sample, 0) / kept.length);
  const peak = kept.reduce((highest, sample) => Math.max(highest, Math.abs(sample)), 0);
  const gain = Math.min(LOUDNESS / power, PEAK / peak);
  return kept.map((sample, index) => sample * gain * Math.min(1, index / FADE_SAMPLES, (kept.length - 1 - index) / FADE_SAMPLES));
};

/** Two soft strokes, the second a major third lower. */
const chime = () => {
  const strokes = [
    { hertz: 783.99, atSeconds: 0 },
    { hertz: 622.25, atSeconds: 0.42 },
  ];
  return trimmed(
    Float64Array.from({ length: RATE * 1.35 }, (_, index) =>
      strokes.reduce((sum, { hertz, atSeconds }) => {
        const seconds = index / RATE - atSeconds;
        if (seconds < 0) return sum;
        const wave = Math.sin(2 * Math.PI * hertz * seconds) + 0.25 * Math.sin(4 * Math.PI * hertz * seconds);
        return sum + 0.4 * wave * Math.exp(-4.5 * seconds) * Math.min(1, seconds / 0.006);
      }, 0),
    ),
  );
};

const work = mkdtempSync(join(tmpdir(), 'voice-'));
const folder = inRepo('renderer', 'board', 'voice', 'clips');
let bytes = 0;

/** @param {string} name below the clips' folder, without its ending @param {Float64Array} samples */
const write = async (name, samples) => {
  const [wav, ogg] = [join(work, 'clip.wav'), join(folder, `${name}.ogg`)];
  writeFileSync(wav, wavOf(samples));
  const options = ['--quiet', name === 'chime' ? '--music' : '--speech', '--padding', '0', '--serial', '1', '--bitrate', String(BITS_A_SECOND / 1000)];
  await mustRun('opusenc', 'opusenc', [...options, wav, ogg]);
  bytes += statSync(ogg).size;
};

try {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await write('chime', chime());
  /** @type {Record<keyof typeof VOICES, Record<string, string>>} */
  const words = JSON.parse(readFileSync(inRepo('build', 'voice', 'words.json'), 'utf8'));
  for (const language of /** @type {const} */ (['vi', 'en'])) {
    mkdirSync(join(folder, language));
    for (const [name, text] of Object.entries(words[language])) {
      const wav = join(work, 'spoken.wav');
      const pace = WORDS_A_MINUTE[text.split(' ').length > 2 ? 'phrase' : 'sign'];
      await mustRun('espeak-ng', 'espeak-ng', ['-v', VOICES[language], '-s', String(pace), '-p', String(PITCH), '-w', wav, text]);
      await write(`${language}/${name}`, trimmed(samplesOf(readFileSync(wav))));
    }
  }
  say(`clips written to renderer/board/voice/clips, ${Math.round(bytes / 1024)} KiB`);
} finally {
  rmSync(work, { recursive: true, force: true });
}
