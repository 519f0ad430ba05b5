/** A thermal printer on a cable: the operating system's device file (`/dev/usb/lp0`, `/dev/ttyUSB0`), never waiting on it in a thread. */
import { closeSync, constants, openSync, read, write } from 'node:fs';
import { Duplex } from 'node:stream';
import type { JobFormat, RollContent } from './escpos-job.ts';
import { createLinePrinter, type LinePrinterOptions } from './line-printer.ts';
import { connectionOver } from './printer-connection.ts';
import type { Printer } from './printer.ts';

export type DevicePrinterOptions = Partial<Omit<LinePrinterOptions, 'open' | 'format'>> & Partial<JobFormat> & { path: string };

export function createDevicePrinter(options: DevicePrinterOptions): Printer<RollContent> {
  const { path, driver = 'epson', hasCutter = true, asksStatus = 'auto', ...rest } = options;
  return createLinePrinter({
    ...rest,
    asksStatus,
    format: { driver, hasCutter },
    open() {
      try {
        return Promise.resolve(connectionOver(openDevice(path)));
      } catch {
        return Promise.resolve(null);
      }
    },
  });
}

/** How often a device that has nothing to say, or takes nothing, is asked again. */
const AGAIN_MS = 25;
const ANSWER_BYTES = 64;

const isBusy = (error: NodeJS.ErrnoException): boolean => error.code === 'EAGAIN' || error.code === 'EBUSY';

/** Throws when there is no such device or it is in use. A printer out of paper takes no bytes; non-blocking, that holds up no thread of the pool. */
function openDevice(path: string): Duplex {
  const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK | constants.O_NOCTTY);
  let isOpen = true;

  const put = (bytes: Buffer, done: (error?: Error | null) => void): void => {
    if (!isOpen) return done(new Error('device closed'));
    write(fd, bytes, 0, bytes.byteLength, null, (error, written) => {
      if (error !== null && !isBusy(error)) return done(error);
      const left = bytes.subarray(error === null ? written : 0);
      if (left.byteLength === 0) done();
      else setTimeout(put, error === null ? 0 : AGAIN_MS, left, done);
    });
  };

  return new Duplex({
    write: (chunk: Buffer, _encoding, done) => put(chunk, done),
    read() {
      const answers = Buffer.alloc(ANSWER_BYTES);
      const look = (): void => {
        if (!isOpen) return;
        read(fd, answers, 0, ANSWER_BYTES, null, (error, bytes) => {
          if (error !== null && !isBusy(error)) this.destroy(error);
          else if (error === null && bytes > 0) this.push(Buffer.from(answers.subarray(0, bytes)));
          else setTimeout(look, AGAIN_MS).unref();
        });
      };
      look();
    },
    destroy(error, done) {
      isOpen = false;
      closeSync(fd);
      done(error);
    },
  });
}
