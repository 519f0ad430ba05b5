/** The shell's log file. Nothing a citizen told us ever goes in: only kinds, ids and counts. */
import { join } from 'node:path';
import electronLog from 'electron-log/node.js';

export type Log = { info(message: string): void; warn(message: string): void; error(message: string): void };

/** One line an entry, whatever the text holds. */
const oneLine = (text: string): string => text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ');

export function openLog(userData: string): Log {
  const logger = electronLog.create({ logId: 'shell' });
  logger.transports.file.resolvePathFn = () => join(userData, 'logs', 'shell.log');
  logger.transports.file.maxSize = 5 * 1024 * 1024;
  logger.transports.console.level = process.env.QMC_LOG === 'console' ? 'info' : 'warn';
  return {
    info: (message) => logger.info(oneLine(message)),
    warn: (message) => logger.warn(oneLine(message)),
    error: (message) => logger.error(oneLine(message)),
  };
}
