/** What a search for printers found: enough to make settings of. */
import type { PrinterSettings } from '../settings/settings.ts';

export type FoundPrinter = {
  /** As the network or the operating system calls it. */
  name: string;
  connection: PrinterSettings['connection'];
  /** How it was found. */
  by: 'queue' | 'usb' | 'address' | 'mdns';
};

/** How a printer that is being set up behaved. */
export type PrinterTrial = {
  outcome: 'printed' | 'not-sent' | 'unknown';
  problem?: string;
  /** It answers questions about paper and cover. */ isNearEnd?: boolean;
};
