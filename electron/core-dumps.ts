/** Keeps what a citizen told us out of what a crash writes to disk. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

/**
 * What a citizen told us stands in memory in the clear, so a crash may write none of it to disk: Electron's crash reporter is
 * never started, and Linux is told to leave every page of memory out of a core dump (core(5), "coredump_filter"). Child
 * processes inherit that, so it is called before the first window; Chromium's zygotes, from which pages are born, are there
 * already. One that may not be written to is sandboxed, and Linux dumps no core of it at all.
 */
export function keepMemoryOutOfCoreDumps(): void {
  if (process.platform !== 'linux') return;
  for (const pid of [process.pid, ...descendantsOf(process.pid)]) {
    try {
      writeFileSync(`/proc/${pid}/coredump_filter`, '0');
    } catch {
      // Ended meanwhile, or sandboxed.
    }
  }
}

function descendantsOf(root: number): number[] {
  const parentOf = new Map<number, number>();
  for (const pid of readdirSync('/proc').map(Number).filter(Number.isInteger)) {
    try {
      // The name may hold anything; what follows its last parenthesis may not: state, then the parent (proc(5)).
      const [, parent] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(')').at(-1)?.trim().split(' ') ?? [];
      parentOf.set(pid, Number(parent));
    } catch {
      // Ended meanwhile.
    }
  }
  const isBelow = (pid: number): boolean => {
    const parent = parentOf.get(pid);
    return parent !== undefined && parent > 0 && (parent === root || isBelow(parent));
  };
  return [...parentOf.keys()].filter(isBelow);
}
