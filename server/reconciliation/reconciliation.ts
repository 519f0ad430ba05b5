/** The province's side of the reconciliation, as routes, the import of files and the supervisor's page use it. */
import { createPublicKey, verify } from 'node:crypto';
import { parseOrUndefined } from '../../shared/lib/json.ts';
import type { PlainDate } from '../../shared/lib/time.ts';
import { isConsistent, signedText, statementSchema, statementText } from '../../shared/reconciliation/statement.ts';
import type { MonitoringRow, Period } from '../../shared/reconciliation/monitoring.ts';
import type { StatementAnswer, StatementRequest } from '../../shared/sync/protocol.ts';
import type { Database, PublicJwk } from '../db/database.ts';
import { sha256 } from '../digest.ts';
import { Problem } from '../problem.ts';
import { judge, type Judge } from './judge.ts';
import { monitoringOf } from './monitoring.ts';
import { type DayAtProvince, putStatement, statementsBetween, unsettledStatements } from './statement-store.ts';

type Sender = { deviceId: string; journalId: string; publicKey: PublicJwk };

export type Reconciliation = {
  /** Takes a statement in and compares it. Throws a Problem (403, 409, 422), with nothing stored, for one that is not the sender's. */
  receive(sender: Sender, request: StatementRequest): Promise<StatementAnswer>;
  /** Something of the device's journal has come: what did not agree is compared anew. */
  delivered(deviceId: string): Promise<void>;
  /** The newest statement of each device and date of the period; `again` compares each anew first, agreed or not. */
  days(from: PlainDate, to: PlainDate, options?: { again?: boolean }): Promise<DayAtProvince[]>;
  monitoring(period: Period): Promise<MonitoringRow[]>;
};

export function createReconciliation(parts: Judge & { db: Database }): Reconciliation {
  const { db, clock, alarm } = parts;
  return {
    async receive({ deviceId, journalId, publicKey }, { text, signature }) {
      const key = { key: createPublicKey({ key: { ...publicKey }, format: 'jwk' }), dsaEncoding: 'ieee-p1363' as const };
      if (!verify('sha256', Buffer.from(signedText(text)), key, Buffer.from(signature, 'base64url'))) {
        alarm('a statement is not signed by the device that sent it', { deviceId });
        throw new Problem(403, 'wrong-signature', 'the statement is not signed by this device');
      }
      const parsed = statementSchema.safeParse(parseOrUndefined(text));
      if (!parsed.success) throw new Problem(422, 'invalid', 'not a statement this server can read');
      const statement = parsed.data;
      if (statement.journalId !== journalId) throw new Problem(403, 'foreign-journal', 'the statement is of another journal');
      if (!isConsistent(statement) || statementText(statement) !== text) throw new Problem(422, 'inconsistent', 'the statement contradicts itself');

      const day = { deviceId, date: statement.date, headSeq: statement.head.seq };
      const digest = sha256(text);
      if ((await putStatement(db, day, { digest, statement: text, signature }, new Date(clock()))) !== digest) {
        alarm('two statements of one day at one head', { ...day });
        throw new Problem(409, 'statement-conflict', 'another statement of this day at this head was sent before');
      }
      return { date: day.date, headSeq: day.headSeq, outcome: await judge(parts, day) };
    },
    async delivered(deviceId) {
      for (const day of await unsettledStatements(db, deviceId)) await judge(parts, day);
    },
    async days(from, to, { again = false } = {}) {
      if (again) for (const day of await statementsBetween(db, from, to)) await judge(parts, day);
      return statementsBetween(db, from, to);
    },
    monitoring: (period) => monitoringOf(db, period),
  };
}
