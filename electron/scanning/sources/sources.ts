/** Which ways to scanners this computer has. */
import type { Settings } from '../../../shared/settings/settings.ts';
import { createEsclSource, type NetworkScanner } from './escl-source.ts';
import { createFolderSource } from './folder-source.ts';
import { createSaneSource } from './sane-source.ts';
import type { ScanSource } from './source.ts';
import { createWiaSource } from './wia-source.ts';

export const scanSourcesOf = (scanners: Settings['scanners'], network: { list(): Promise<NetworkScanner[]> }, clock: () => number): ScanSource[] => [
  ...(process.platform === 'win32' ? [createWiaSource()] : process.platform === 'linux' ? [createSaneSource()] : []),
  createEsclSource({ list: network.list }),
  createFolderSource({ folders: scanners.filter((scanner) => scanner.type === 'watched-folder'), clock }),
];
