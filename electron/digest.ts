/** Hex SHA-256, of a text its UTF-8 bytes: the name of scans and the link of the journal's chain. */
import { createHash } from 'node:crypto';

export const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');
