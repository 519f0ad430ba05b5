/** Counts what is flushed to the disk during each save, by strace on every process of the app. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

type Flush = { atMs: number; path: string };

export function hasStrace(): boolean {
  try {
    execFileSync('strace', ['-V'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export const straceInto = (file: string): string[] => [
  'strace',
  '-f',
  '--seccomp-bpf',
  '-y',
  '-ttt',
  '-qq',
  '-e',
  'trace=fsync,fdatasync,sync_file_range,syncfs',
  '-e',
  'signal=none',
  '-o',
  file,
];

/** Beginnings of calls only: a line that resumes one is the same flush. */
export function readFlushes(file: string): Flush[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => {
      const match = /^\d+\s+(\d+\.\d+) (?:fsync|fdatasync|sync_file_range|syncfs)\(\d+<([^>]*)>/u.exec(line);
      return match === null ? [] : [{ atMs: Number(match[1]) * 1000, path: match[2] ?? '' }];
    });
}

/** What a flushed file is to the data folder: its first folder there, or `IndexedDB`. */
export function placeOf(path: string, userData: string): string {
  const inside = path.startsWith(userData) ? path.slice(userData.length + 1) : path;
  return inside.split('/')[0] ?? inside;
}

export const flushesBetween = (flushes: readonly Flush[], startMs: number, endMs: number): Flush[] =>
  flushes.filter(({ atMs }) => atMs >= startMs && atMs <= endMs);
