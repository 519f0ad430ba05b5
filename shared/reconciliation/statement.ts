/** The end-of-day statement of a device (bản chốt ngày): what its journal says of one date up to a head, to be signed and compared. */
import { z } from 'zod';
import { channels, plainDateSchema } from '../dossiers/dossier.ts';
import { sha256Schema } from '../scanning/scan.ts';
import { canonicalJson } from './canonical-json.ts';

export const statementLineSchema = z.object({
  dossierId: z.uuid(),
  code: z.string().min(1).max(64),
  procedureCode: z.string().min(1).max(40),
  channel: z.enum(channels),
  /** Open to states that only a newer app knows. */
  state: z.string().min(1).max(40),
  /** Hex SHA-256 of the accepted body's canonical JSON. */
  digest: sha256Schema,
});
export type StatementLine = z.infer<typeof statementLineSchema>;

const count = z.int().nonnegative();
export const feeTotalsSchema = z.object({ phiVnd: count, lePhiVnd: count });
export type FeeTotals = z.infer<typeof feeTotalsSchema>;
export const ticketTotalsSchema = z.object({ issued: count, called: count, served: count, noShow: count });
export type TicketTotals = z.infer<typeof ticketTotalsSchema>;

const headSchema = z.object({ seq: z.int().min(1), hash: sha256Schema });
export type StatementHead = z.infer<typeof headSchema>;

/** At most the order numbers of every lease a device may use up in one day. */
const MAX_DOSSIERS = 20_000;

export const statementSchema = z.object({
  version: z.literal(1),
  date: plainDateSchema,
  journalId: z.uuid(),
  /** The first entry that belongs to the day; the day reaches from it to the head. */
  firstSeq: z.int().min(1),
  head: headSchema,
  counts: z.array(z.object({ procedureCode: z.string(), channel: z.enum(channels), state: z.string(), count: z.int().min(1) })),
  dossiers: z.array(statementLineSchema).max(MAX_DOSSIERS),
  fees: feeTotalsSchema,
  tickets: ticketTotalsSchema,
});
export type Statement = z.infer<typeof statementSchema>;

/** How many dossiers of each procedure, channel and state; in a fixed order. */
export function countLines(lines: readonly StatementLine[]): Statement['counts'] {
  const counts = new Map<string, Statement['counts'][number]>();
  for (const { procedureCode, channel, state } of lines) {
    const key = canonicalJson([procedureCode, channel, state]);
    const known = counts.get(key);
    counts.set(key, { procedureCode, channel, state, count: (known?.count ?? 0) + 1 });
  }
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}

/** The very characters that are digested and signed. */
export const statementText = (statement: Statement): string => canonicalJson(statement);

/** What the device's key signs (ECDSA P-256 over SHA-256); the prefix keeps the signature from meaning anything else. */
export const signedText = (text: string): string => `qmc-statement\n${text}`;

/** Whether a statement is what its own list of dossiers says, and names no dossier twice. */
export function isConsistent(statement: Statement): boolean {
  const ids = new Set(statement.dossiers.map(({ dossierId }) => dossierId));
  if (ids.size !== statement.dossiers.length || statement.firstSeq > statement.head.seq) return false;
  return canonicalJson(statement.counts) === canonicalJson(countLines(statement.dossiers));
}
