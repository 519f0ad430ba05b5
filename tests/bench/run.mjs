/**
 * Runs the measurements that are asked for, prints them and keeps them in `out/bench/<name>.json`:
 * `npm run bench [storage] [search] [-- --quick | --full | --seed N]`. With `--readme` nothing is measured: what is kept there
 * is written into the README.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { load } from './load.mjs';

/** @typedef {import('./result.ts').BenchResult} BenchResult */
/** @typedef {{ name: string, run(options: import('./result.ts').BenchOptions): Promise<BenchResult> }} Bench */

const root = resolve(import.meta.dirname, '../..');
const out = join(root, 'out/bench');

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    full: { type: 'boolean', default: false },
    readme: { type: 'boolean', default: false },
    seed: { type: 'string' },
  },
});

/** A measurement is a file of this folder that has a name and runs. */
const files = readdirSync(import.meta.dirname)
  .filter((file) => /\.(?:ts|mjs)$/u.test(file))
  .map((file) => join(import.meta.dirname, file))
  .filter((file) => readFileSync(file, 'utf8').includes('export const name ='));
const known = files.map((file) => basename(file).replace(/\.\w+$/u, ''));
const unknown = positionals.filter((wanted) => !known.includes(wanted));
if (unknown.length > 0) {
  console.error(`no such measurement: ${unknown.join(', ')}; there are: ${known.join(', ')}`);
  process.exit(2);
}

/** @param {string[]} cells */
const line = (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;

/** @param {BenchResult} result */
const markdown = ({ tables, goals, notes }) =>
  [
    ...notes,
    ...tables.flatMap(({ title, head, rows }) => [
      '',
      `**${title}**`,
      '',
      line(head),
      line(head.map((_, nth) => (nth === 0 ? '---' : '--:'))),
      ...rows.map(line),
    ]),
    ...(goals.length === 0
      ? []
      : [
          '',
          line(['goal', 'measured', '']),
          line(['---', '--:', '---']),
          ...goals.map(({ goal, measured, isMet }) => line([goal, measured, isMet ? 'met' : '**not met**'])),
        ]),
  ].join('\n');

/** Between the markers of that name; a README without them is left as it is. @param {string} name @param {string} text */
function writeIntoReadme(name, text) {
  const path = join(root, 'README.md');
  const readme = readFileSync(path, 'utf8');
  const [begin, end] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`];
  const [from, to] = [readme.indexOf(begin), readme.indexOf(end)];
  if (from < 0 || to < from) return console.log(`README.md has no place for ${name}`);
  writeFileSync(path, `${readme.slice(0, from + begin.length)}\n${text}\n${readme.slice(to)}`);
}

const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);
mkdirSync(out, { recursive: true });
for (const [at, file] of files.entries()) {
  const asked = known[at] ?? '';
  const kept = join(out, `${asked}.json`);
  if (positionals.length > 0 && !positionals.includes(asked)) continue;
  if (values.readme) {
    if (existsSync(kept)) writeIntoReadme(asked, markdown(JSON.parse(readFileSync(kept, 'utf8'))));
    continue;
  }
  const started = performance.now();
  const say = (/** @type {string} */ text) => console.log(`${asked} ${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s  ${text}`);
  say(`seed ${seed}`);
  const module = await load(file);
  const result = await /** @type {Bench} */ (module).run({ seed, isFull: values.full, isQuick: values.quick, say });
  writeFileSync(kept, JSON.stringify(result, undefined, 1));
  say('done');
  console.log(`\n${markdown(result)}\n`);
}
// Whatever a measurement left open must not keep the run from ending.
process.exit(0);
