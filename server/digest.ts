/** Hex SHA-256, of a text its UTF-8 bytes: the body of an operation, the link of a chain, the name of a statement. */
import { createHash } from 'node:crypto';

export const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');
