/** The printers an officer set up on this device; they take the place of those in the settings file. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { printerSettingsSchema, type PrinterSettings } from '../../shared/settings/settings.ts';
import { isMissing, writeDurably } from '../files.ts';
import type { Log } from '../log.ts';

const fileSchema = z.strictObject({ version: z.literal(1), printers: z.array(printerSettingsSchema).max(20) });

export type PrinterFile = {
  /** Undefined: nothing was set up here, or the file cannot be used, which the log says. */
  load(): Promise<PrinterSettings[] | undefined>;
  save(printers: readonly PrinterSettings[]): Promise<void>;
  /** Back to the settings file. */
  forget(): Promise<void>;
};

export function openPrinterFile(folder: string, log: Log): PrinterFile {
  const path = join(folder, 'printers.json');
  return {
    async load() {
      try {
        return fileSchema.parse(JSON.parse(await readFile(path, 'utf8'))).printers;
      } catch (error) {
        if (!isMissing(error)) log.error('the printers set up on this device cannot be read; those of the settings are used');
        return undefined;
      }
    },
    save: (printers) => writeDurably(path, Buffer.from(JSON.stringify({ version: 1, printers }), 'utf8')),
    forget: () => rm(path, { force: true }),
  };
}
