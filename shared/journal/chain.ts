/** What the hash of a journal entry covers; counter and province compute it alike and so agree to the record. */

export const GENESIS_HASH = '0'.repeat(64);

export type ChainLink = {
  seq: number;
  operationId: string;
  atMs: number;
  monotonicMs: number;
  operatorId: string;
  previousHash: string;
};

/**
 * The text whose UTF-8 bytes are hashed (SHA-256) into the entry's `hash`. `bodyHash` is the hex SHA-256 of
 * `JSON.stringify(operation)`; member order survives a JSON round trip, so both sides compute the same.
 */
export const chainText = (link: ChainLink, bodyHash: string): string =>
  [link.previousHash, link.seq, link.operationId, link.atMs, link.monotonicMs, link.operatorId, bodyHash].join('\n');
