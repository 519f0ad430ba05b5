import reactHooks from 'eslint-plugin-react-hooks';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Gateways that are a name inside a module, which a check of imported files cannot see. */
const ipcMainOnlyInIpc = { name: 'electron', importNames: ['ipcMain'], message: 'Only electron/ipc.ts uses ipcMain: it checks the sender and parses.' };
const networkModules = ['node:http', 'node:https', 'node:net', 'node:tls'].map((name) => ({
  name,
  allowTypeImports: true,
  message: 'The network stands in one transport file per destination (see eslint.config.js).',
}));
const transports = [
  'electron/sync/http-json.ts',
  'electron/sync/province-trust.ts',
  'electron/queue/board-server.ts',
  'electron/queue/hub-server.ts',
  'electron/queue/connection.ts',
  'electron/printing/printer-connection.ts',
  'electron/printing/virtual/virtual-printer.ts',
  'electron/settings/demo-province.ts',
  'electron/scanning/sources/escl-http.ts',
];

export default defineConfig(
  globalIgnores(['out/', 'node_modules/', '.cache/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.recommended],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/consistent-type-definitions': ['error', 'type'],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false, returns: false } }],
      '@typescript-eslint/no-unnecessary-type-assertion': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
    },
  },
  {
    files: ['electron/**/*.ts'],
    ignores: ['electron/ipc.ts', '**/*.test.ts'],
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { paths: [ipcMainOnlyInIpc, ...networkModules] }] },
  },
  {
    files: transports,
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { paths: [ipcMainOnlyInIpc] }] },
  },
  {
    files: ['renderer/**/*.{ts,tsx}', 'shared/**/*.ts'],
    // The page of the supervisors is the province's own, in a browser: it asks its server. The board's page asks the hub. Bundled clips are files of the page.
    ignores: ['**/*.test.{ts,tsx}', 'renderer/supervisor/province-api.ts', 'renderer/board/page/hub-feed.ts', 'renderer/board/voice/bundled-clips.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...['fetch', 'XMLHttpRequest', 'WebSocket', 'EventSource'].map((name) => ({ name, message: 'The page has no network: ask the shell.' })),
      ],
    },
  },
  {
    files: ['renderer/**/*.{ts,tsx}'],
    extends: [reactHooks.configs.flat.recommended],
    // A device or a subscription opened by an effect says at once that it is opening.
    rules: { 'react-hooks/set-state-in-effect': 'off' },
  },
  {
    // Only an interface can be merged into one that TypeScript's libraries declare.
    files: ['**/*.d.ts'],
    rules: { '@typescript-eslint/consistent-type-definitions': 'off' },
  },
  {
    files: ['tests/**/*.ts', '**/*.test.ts', 'server/main.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['tests/e2e/**/*.ts'],
    // Playwright reads a fixture's needs from its destructured first parameter, which may be empty.
    rules: { 'no-empty-pattern': 'off' },
  },
);
