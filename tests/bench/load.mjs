/** Runs TypeScript of this repository in this process. Unlike vite's `runnerImport` it stays open: what is loaded may load more when it runs. */
import { resolve } from 'node:path';
import { createRunnableDevEnvironment, resolveConfig } from 'vite';

const root = resolve(import.meta.dirname, '../..');

/** @param {string} file */
export async function load(file) {
  const inline = {
    consumer: /** @type {const} */ ('server'),
    dev: { moduleRunnerTransform: true },
    resolve: { external: /** @type {const} */ (true), mainFields: [], conditions: ['node', 'module-sync'] },
  };
  const config = await resolveConfig({ root, configFile: false, envDir: false, logLevel: 'error', environments: { inline } }, 'serve');
  const environment = createRunnableDevEnvironment('inline', config, { runnerOptions: { hmr: { logger: false } }, hot: false });
  await environment.init();
  return environment.runner.import(file);
}
