/** Owns the numbers of PostgreSQL's advisory locks that the servers of a province take: of our own choosing, and kept apart by standing together. */
export const locks = {
  onlineIndexes: 7_140_226_001,
  months: 7_140_226_002,
  contentsMove: 7_140_226_003,
} as const;
