/**
 * Does the set-up that a command needs before it runs, from a fresh clone with only Node and git.
 * Usage: node build/prepare.mjs [packages] [peers] [libraries:electron,display,…] [electron] [app]
 * It may import nothing but Node itself: nothing is installed yet when it runs.
 */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`prepare: Node 20.19 or newer is needed; this is ${process.versions.node}`);
  process.exit(1);
}

const { withLock } = await import('./set-up/lock.mjs');

/** @param {string} need */
const prepare = async (need) => {
  const [what, detail = ''] = need.split(':');
  switch (what) {
    case 'packages':
      return (await import('./set-up/packages.mjs')).preparePackages();
    case 'peers':
      return (await import('./set-up/packages.mjs')).preparePeers();
    case 'libraries': {
      const groups = /** @type {import('./set-up/system-libraries.mjs').LibraryGroup[]} */ (detail.split(','));
      return (await import('./set-up/system-libraries.mjs')).prepareSystemLibraries(groups);
    }
    case 'electron':
      return (await import('./set-up/electron.mjs')).prepareElectron();
    case 'app':
      return (await import('./set-up/app.mjs')).prepareApp();
    default:
      throw new Error(`unknown need "${need}"`);
  }
};

try {
  // A command that calls another npm script has prepared what it needs and says so.
  const alreadyDone = (process.env.QMC_PREPARED ?? '').split(' ');
  const needs = process.argv.slice(2).filter((need) => !alreadyDone.includes(need));
  if (needs.length > 0) {
    await withLock(async () => {
      for (const need of needs) await prepare(need);
    });
  }
} catch (error) {
  console.error(`prepare: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
