/** What the processes of a program take of the machine's memory, as Linux counts it. */
import { readdirSync, readFileSync } from 'node:fs';

const read = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    // It ended between being listed and being read.
    return undefined;
  }
};

/** The process and all that came of it. */
function familyOf(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/u.test(name) ? read(`/proc/${name}/stat`) : undefined;
    if (stat === undefined) continue;
    // proc(5): the name in brackets may hold anything; behind it are state and parent.
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const family = [root];
  for (let at = 0; at < family.length; at += 1) family.push(...(children.get(family[at] ?? 0) ?? []));
  return family;
}

/** MB (10⁶ bytes): proportional set size, in which what two processes share counts half for each. */
function memoryOf(root: number): number {
  const kib = familyOf(root).map((pid) => Number(/^Pss:\s+(\d+) kB$/mu.exec(read(`/proc/${pid}/smaps_rollup`) ?? '')?.[1] ?? 0));
  return (kib.reduce((sum, one) => sum + one, 0) * 1024) / 1e6;
}

/** Looks again and again until it is told to stop, and then says the most it saw. */
export function watchMemory(root: number, everyMs = 100): { most(): number; stop(): void } {
  let most = memoryOf(root);
  const timer = setInterval(() => (most = Math.max(most, memoryOf(root))), everyMs);
  return { most: () => most, stop: () => clearInterval(timer) };
}
