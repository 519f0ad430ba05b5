/** Owns the very characters of an entry that its chain hashes. */
import type { WireEntry } from '../../shared/sync/protocol.ts';

/** A member that JSON leaves out (undefined) cannot come over the wire. */
export const entryText = (entry: WireEntry): string => JSON.stringify(entry.operation ?? null);
