/** `--recover-keys-from=FILE`: asks for a start that recovers the keys first. */
const OPTION = '--recover-keys-from=';

/** The file named on the command line; undefined at any other start. */
export const recoveryFileOf = (args: readonly string[]): string | undefined => args.find((arg) => arg.startsWith(OPTION))?.slice(OPTION.length);
