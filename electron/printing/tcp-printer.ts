/** A thermal printer on the network, port 9100. */
import type { JobFormat, RollContent } from './escpos-job.ts';
import { createLinePrinter, type LinePrinterOptions } from './line-printer.ts';
import { connectPrinter } from './printer-connection.ts';
import type { Printer } from './printer.ts';

export type TcpPrinterOptions = Partial<Omit<LinePrinterOptions, 'open' | 'format'>> &
  Partial<JobFormat> & { host: string; port: number; connectTimeoutMs?: number };

export function createTcpPrinter(options: TcpPrinterOptions): Printer<RollContent> {
  const { host, port, connectTimeoutMs = 3000, driver = 'epson', hasCutter = true, asksStatus = 'auto', ...rest } = options;
  return createLinePrinter({
    ...rest,
    asksStatus,
    format: { driver, hasCutter },
    open: () => connectPrinter(host, port, connectTimeoutMs).catch(() => null),
  });
}
