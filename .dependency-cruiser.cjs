/** What may import what. The lines that concern names rather than files (ipcMain, fetch) are in eslint.config.js. */

/** @param {string} name @param {string} because @param {object} from @param {object} to */
const forbid = (name, because, from, to) => ({ name, comment: because, severity: 'error', from, to });

const test = '[.]test[.]tsx?$';
const feature = (/** @type {string} */ process) => `^${process}/([^/]+)/`;

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    forbid('no-cycles', 'a cycle is one module in two files', {}, { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } }),
    forbid(
      'shared-is-pure',
      'shared code runs in every process',
      { path: '^shared/', pathNot: test },
      { path: ['^(electron|renderer|server|tests|build)/', 'node_modules/(electron|react|react-dom|dexie|dexie-react-hooks)/'] },
    ),
    forbid('shared-without-node', 'the page imports shared code', { path: '^shared/', pathNot: test }, { dependencyTypes: ['core'] }),
    forbid('electron-alone', 'the shell reaches the others through shared contracts', { path: '^electron/' }, { path: '^(renderer|server)/' }),
    forbid(
      'renderer-alone',
      'the page reaches the others through shared contracts',
      { path: '^renderer/' },
      { path: ['^(electron|server)/', 'node_modules/electron/'] },
    ),
    forbid('renderer-without-node', 'the page is sandboxed', { path: '^renderer/', pathNot: test }, { dependencyTypes: ['core'] }),
    forbid(
      'server-alone',
      'the province knows the counters by protocol only',
      { path: '^server/' },
      { path: ['^(electron|renderer)/', 'node_modules/electron/'] },
    ),
    forbid(
      'nothing-ships-tests',
      'fakes and fixtures stay out of the product',
      { path: '^(shared|electron|renderer|server)/', pathNot: test },
      { path: ['^tests/', test] },
    ),

    forbid(
      'renderer-features-apart',
      'a feature reaches another through shared/<feature> or what the composition root hands it',
      { path: feature('renderer'), pathNot: ['^renderer/(app|intake)/', test] },
      { path: feature('renderer'), pathNot: ['^renderer/$1/', '^renderer/(app|ui|db|eform)/', '^renderer/scanning/ScanViewer'] },
    ),
    forbid(
      'intake-composes-two',
      'the intake is one flow over the procedure picker and the scanning dialogs, and over nothing else',
      { path: '^renderer/intake/', pathNot: test },
      { path: feature('renderer'), pathNot: '^renderer/(intake|app|ui|db|eform|catalogue|scanning)/' },
    ),
    forbid('ui-knows-no-domain', 'ui/ components know no domain', { path: '^renderer/ui/' }, { path: ['^renderer/(?!ui/)', '^shared/(?!lib/)'] }),
    forbid(
      'electron-features-apart',
      'a feature reaches another through shared/<feature> or what main.ts hands it',
      { path: feature('electron'), pathNot: test },
      { path: feature('electron'), pathNot: '^electron/$1/', dependencyTypesNot: ['type-only'] },
    ),
    forbid(
      'server-features-apart',
      'a feature reaches another through shared/<feature> or what main.ts hands it',
      { path: feature('server'), pathNot: test },
      { path: feature('server'), pathNot: ['^server/$1/', '^server/db/'], dependencyTypesNot: ['type-only'] },
    ),

    forbid(
      'printer-gateway',
      'one place speaks to printers',
      { path: '.', pathNot: '^(electron/printing|tests/bench)/' },
      { path: 'node_modules/node-thermal-printer/' },
    ),
    forbid('dexie-gateway', 'one place opens IndexedDB', { path: '.', pathNot: '^(renderer/db|tests/bench)/' }, { path: 'node_modules/dexie/' }),
    forbid(
      'sql-gateway',
      'SQL stands in stores',
      { path: '^(shared|electron|renderer|server)/', pathNot: ['-store[.]ts$', '^server/db/', '^server/main[.]ts$', test] },
      { path: 'node_modules/(pg|kysely)/', dependencyTypesNot: ['type-only'] },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: 'specify',
    tsConfig: { fileName: 'tsconfig.json' },
    exclude: { path: '[.](css|woff2|json|svg|png|wasm)' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.cjs', '.d.ts'],
    },
  },
};
