/** Names the Debian packages that running, testing and packaging need, and installs those that are missing. */
import { existsSync } from 'node:fs';
import { runQuietly, say, secondsSince } from '../run.mjs';

/** Alternatives stand in one entry: Debian 13 and Ubuntu 24 renamed some libraries. */
const libraries = {
  electron: [
    ['libnss3'],
    ['libatk-bridge2.0-0', 'libatk-bridge2.0-0t64'],
    ['libgtk-3-0', 'libgtk-3-0t64'],
    ['libgbm1'],
    ['libasound2', 'libasound2t64'],
    ['libxss1'],
    ['libxtst6'],
    ['fonts-noto-core'],
  ],
  display: [['xvfb'], ['xauth']],
  papers: [['poppler-utils'], ['tesseract-ocr'], ['tesseract-ocr-vie']],
  certificates: [['openssl']],
  scanners: [['sane-utils']],
  bench: [['strace'], ['vmtouch']],
  voice: [['espeak-ng'], ['opus-tools']],
  packaging: [['p7zip-full', '7zip']],
};
/** @typedef {keyof typeof libraries} LibraryGroup */

/** @param {string[]} names @returns {Promise<Set<string>>} */
const installedOf = async (names) => {
  const { output } = await runQuietly('dpkg-query', ['-W', '-f=${Package} ${db:Status-Status}\\n', ...names]);
  return new Set([...output.matchAll(/^(\S+) installed$/gm)].map((match) => match[1] ?? ''));
};

/** @param {string[]} alternatives @returns {Promise<string>} the first that this distribution offers */
const offeredOf = async (alternatives) => {
  for (const name of alternatives) {
    const { output } = await runQuietly('apt-cache', ['policy', name]);
    if (/Candidate: (?!\(none\))/.test(output)) return name;
  }
  return alternatives[0] ?? '';
};

/**
 * Throws with the packages and the command to install them when they are missing and this user may not install.
 * @param {LibraryGroup[]} groups
 */
export const prepareSystemLibraries = async (groups) => {
  if (process.platform !== 'linux' || !existsSync('/usr/bin/dpkg-query')) return;
  const wanted = groups.flatMap((group) => libraries[group]);
  const installed = await installedOf(wanted.flat());
  const missing = wanted.filter((alternatives) => !alternatives.some((name) => installed.has(name)));
  if (missing.length === 0) return;
  const isRoot = process.getuid?.() === 0;
  const apt = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  const started = performance.now();
  if (isRoot) {
    say('refreshing the list of system packages (apt-get update) …');
    await runQuietly('apt-get', ['update', '-qq'], apt);
  }
  const names = await Promise.all(missing.map(offeredOf));
  const command = `apt-get install -y --no-install-recommends ${names.join(' ')}`;
  if (!isRoot) throw new Error(`these system packages are missing: ${names.join(', ')}.\nInstall them with:\n  sudo apt-get update && sudo ${command}`);
  say(`installing ${names.length} system packages: ${names.join(' ')} …`);
  const { code, output } = await runQuietly('apt-get', ['-o', 'DPkg::Lock::Timeout=120', ...command.split(' ').slice(1)], apt);
  if (code !== 0) throw new Error(`"${command}" failed (exit ${code}):\n${output.trim().slice(-3000)}`);
  say(`system packages installed in ${secondsSince(started)}`);
};
