/** Gives a program a screen: the one there is, else a virtual one (Xvfb). */

const needsVirtualDisplay = process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY;

/**
 * @param {string} command
 * @param {string[]} args
 * @returns {{ command: string, args: string[], isVirtual: boolean }}
 */
export const onDisplay = (command, args) =>
  needsVirtualDisplay
    ? { command: 'xvfb-run', args: ['--auto-servernum', '--server-args=-screen 0 1366x768x24', command, ...args], isVirtual: true }
    : { command, args, isVirtual: false };
