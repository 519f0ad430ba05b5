/** Reads what `scanimage -A` says a device can do, and writes what it is asked for in the words of that device. */
import type { ColourMode, ScanInput, ScanJob, ScannerCapabilities } from '../../../shared/scanning/scanner.ts';

/** Offered out of a range; a list is offered as it is. */
const USUAL_DPI = [75, 100, 150, 200, 300, 400, 600];
/** ISO 216. */
const A4_MM = { width: 210, height: 297 };

export type SaneOptions = {
  /** The device's own word for each input and mode it has. */
  sources: Partial<Record<ScanInput, string>>;
  modes: Partial<Record<ColourMode, string>>;
  resolutions: number[];
  /** Largest area, in millimetres; undefined where the device knows none. */
  area?: { width: number; height: number };
  /** Feeders of some makers take both sides by an option of their own. */
  duplexSwitch?: string;
};

const inputOf = (word: string): ScanInput | undefined => {
  if (/duplex|both sides/iu.test(word)) return 'duplex';
  if (/adf|feeder/iu.test(word)) return /back|rear/iu.test(word) ? undefined : 'feeder';
  return /flatbed|platen|normal/iu.test(word) ? 'flatbed' : undefined;
};
const modeOf = (word: string): ColourMode | undefined => {
  if (/colou?r/iu.test(word)) return 'colour';
  if (/gr[ae]y/iu.test(word)) return 'grey';
  return /line ?art|binary|black|mono|bitonal|\bbw\b/iu.test(word) ? 'bilevel' : undefined;
};

/** The first word of the device for each of ours: vendors list the plain one before the special ones. */
function named<K extends string>(words: readonly string[], nameOf: (word: string) => K | undefined): Partial<Record<K, string>> {
  const found: Partial<Record<K, string>> = {};
  for (const word of words) {
    const name = nameOf(word);
    if (name !== undefined) found[name] ??= word;
  }
  return found;
}

/** `    --name values [now]`, where `[inactive]` is an option that cannot be set. */
function valuesOf(help: string, name: string): string | undefined {
  const line = new RegExp(`^ +(?:-{1,2})${name}(?:\\[=\\((?<flags>.+)\\)\\]| (?<values>.+?)) \\[(?<now>[^\\]]*)\\](?: \\[.*\\])?$`, 'mu').exec(help)?.groups;
  if (line === undefined || line['now'] === 'inactive' || line['now'] === 'read-only') return undefined;
  return line['flags'] ?? line['values'];
}

export function parseSaneOptions(help: string): SaneOptions {
  const listOf = (name: string): string[] => valuesOf(help, name)?.split('|') ?? [];
  const limit = (name: string): number | undefined => {
    const top = /\.\.(\d+(?:\.\d+)?)mm/u.exec(valuesOf(help, name) ?? '')?.[1];
    return top === undefined ? undefined : Number(top);
  };
  const dpi = valuesOf(help, 'resolution') ?? '';
  const range = /^(\d+(?:\.\d+)?)\.\.(\d+(?:\.\d+)?)dpi/u.exec(dpi);
  const resolutions =
    range === null
      ? dpi
          .replace(/dpi$/u, '')
          .split('|')
          .map(Number)
          .filter((value) => Number.isInteger(value) && value >= 50 && value <= 1200)
          .sort((a, b) => a - b)
      : USUAL_DPI.filter((value) => value >= Number(range[1]) && value <= Number(range[2]));
  const width = limit('x');
  const height = limit('y');
  const duplexSwitch = ['adf-mode', 'duplex'].find((name) => valuesOf(help, name) !== undefined);
  return {
    sources: named(listOf('source'), inputOf),
    modes: named(listOf('mode'), modeOf),
    resolutions,
    ...(width !== undefined && height !== undefined ? { area: { width, height } } : {}),
    ...(duplexSwitch === undefined ? {} : { duplexSwitch }),
  };
}

export function capabilitiesOf({ sources, modes, resolutions, duplexSwitch }: SaneOptions): ScannerCapabilities {
  const hasFeeder = sources.feeder !== undefined || sources.duplex !== undefined;
  const inputs: ScanInput[] = [
    // A device that names no source has one place for paper.
    ...(sources.flatbed !== undefined || !hasFeeder ? (['flatbed'] as const) : []),
    ...(sources.feeder !== undefined ? (['feeder'] as const) : []),
    ...(sources.duplex !== undefined || (sources.feeder !== undefined && duplexSwitch !== undefined) ? (['duplex'] as const) : []),
  ];
  // What a device calls grey becomes black and white here as well as there.
  const own = (['colour', 'grey', 'bilevel'] as const).filter((mode) => modes[mode] !== undefined || (mode === 'bilevel' && modes.grey !== undefined));
  return { inputs, modes: own.length > 0 ? own : ['colour'], resolutions };
}

export function argumentsOf({ sources, modes, resolutions, area, duplexSwitch }: SaneOptions, { input, mode, resolutionDpi }: ScanJob): string[] {
  const source = sources[input] ?? (input === 'duplex' ? sources.feeder : undefined);
  const word = modes[mode] ?? (mode === 'bilevel' ? modes.grey : undefined);
  return [
    ...(source === undefined ? [] : [`--source=${source}`]),
    ...(input === 'duplex' && sources.duplex === undefined && duplexSwitch !== undefined
      ? [`--${duplexSwitch}=${duplexSwitch === 'duplex' ? 'yes' : 'Duplex'}`]
      : []),
    ...(word === undefined ? [] : [`--mode=${word}`]),
    ...(resolutions.length === 0 ? [] : [`--resolution=${resolutionDpi}`]),
    // Without these a device takes the area it was last left at, or a stamp-sized one.
    ...(area === undefined ? [] : ['-l', '0', '-t', '0', '-x', String(Math.min(area.width, A4_MM.width)), '-y', String(Math.min(area.height, A4_MM.height))]),
  ];
}
