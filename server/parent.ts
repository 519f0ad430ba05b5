/** Owns the tie to the program that started the province: Electron's parent port, or a pipe on standard input. */

type ParentPort = { postMessage(message: unknown): void };

/** Present when Electron's `utilityProcess` started us; Electron ends us when it ends. */
export const parentPort = (): ParentPort | undefined => (process as { parentPort?: ParentPort }).parentPort;

/** Calls `stop` when the parent closes our standard input, which the system also does when the parent is killed. */
export function onParentGone(stop: () => void): void {
  process.stdin.on('end', stop);
  process.stdin.on('close', stop);
  process.stdin.on('error', stop);
  process.stdin.resume();
}
