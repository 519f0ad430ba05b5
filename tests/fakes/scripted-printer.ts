/** A printer that does what the test tells it, and remembers what it was given. */
import type { Printer, PrinterStatus, PrintOutcome } from '../../electron/printing/printer.ts';
import type { Raster } from '../../electron/printing/raster.ts';

export type ScriptedPrinter = Printer<Raster> & {
  /** Rasters for which bytes left, in order. */
  readonly sent: Raster[];
  /** The outcome of coming prints, in order; when the script is over, they succeed. */
  script: PrintOutcome[];
  current: PrinterStatus;
  /** Awaited between `willSend` and the outcome, e.g. to look at the disk or never to return. */
  whilePrinting: () => Promise<void>;
};

export const printed: PrintOutcome = { kind: 'printed', isPaperNearEnd: false };

export function createScriptedPrinter(script: PrintOutcome[] = []): ScriptedPrinter {
  const printer: ScriptedPrinter = {
    sent: [],
    script,
    current: { kind: 'ready', isPaperNearEnd: false },
    whilePrinting: () => Promise.resolve(),
    status: () => Promise.resolve(printer.current),
    async print(raster, { willSend }) {
      const outcome = printer.script.shift() ?? printed;
      if (outcome.kind === 'not-sent') return outcome;
      await willSend();
      printer.sent.push(raster);
      await printer.whilePrinting();
      return outcome;
    },
  };
  return printer;
}
