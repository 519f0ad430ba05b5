import { rmSync } from 'node:fs';
import { runFolder } from './once.ts';

export default (): void => rmSync(runFolder, { recursive: true, force: true, maxRetries: 5 });
