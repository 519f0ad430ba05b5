/** What a measurement hands back to `npm run bench`, and the few statistics all of them share. */
import { execFileSync } from 'node:child_process';
import { cpus, release, totalmem, loadavg } from 'node:os';

export type Table = { title: string; head: string[]; rows: string[][] };
/** One line of "Bars": what was aimed at, what was measured, and whether that is enough. */
export type Goal = { goal: string; measured: string; isMet: boolean };

export type BenchResult = {
  tables: Table[];
  goals: Goal[];
  /** What a reader must know to judge the numbers. */
  notes: string[];
  /** Everything measured, for `out/bench/<name>.json`. */
  raw: unknown;
};

export type BenchOptions = { seed: number; isFull: boolean; isQuick: boolean; say(line: string): void };

/** Nearest-rank percentile; `share` 0 to 1. NaN of nothing. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => percentile(values, 0.5);

/** Three significant figures: more would only be noise. */
export const figure = (value: number): string => (Number.isFinite(value) ? Number(value.toPrecision(3)).toLocaleString('en-US') : '–');
export const ms = (value: number): string => `${figure(value)} ms`;
export const ratio = (value: number): string => (Number.isFinite(value) ? value.toFixed(2) : '–');

export type Machine = { cpu: string; cores: number; memoryGiB: number; kernel: string; fileSystem: string; node: string; loadBefore: number };

/** `folder`: where the measured data lies. */
export function describeMachine(folder: string): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: `${process.platform} ${release()}`,
    fileSystem: execFileSync('df', ['--output=fstype', folder], { encoding: 'utf8' }).trim().split('\n').at(-1) ?? 'unknown',
    node: process.versions.node,
    loadBefore: Number((loadavg()[0] ?? 0).toFixed(2)),
  };
}

export const machineLine = ({ cpu, cores, memoryGiB, kernel, fileSystem, loadBefore }: Machine): string =>
  `${cpu}, ${cores} cores, ${memoryGiB} GiB, ${kernel}, ${fileSystem}; load average at the start ${loadBefore}`;
