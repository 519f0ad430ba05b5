/** The lane of end-of-day statements. */
import { paths, statementAnswerSchema, statementRequestSchema } from '../../shared/sync/protocol.ts';
import { type Routes, problems } from '../context.ts';

const MAX_STATEMENT_BYTES = 10 * 1024 * 1024;

export const reconciliationRoutes: Routes = (server, { callers, reconciliation }) => {
  server.post(
    paths.statements,
    {
      preParsing: callers.authorise,
      bodyLimit: MAX_STATEMENT_BYTES,
      schema: { body: statementRequestSchema, response: { 200: statementAnswerSchema, ...problems } },
    },
    async (request) => {
      const { device_id: deviceId, journal_id: journalId, public_key: publicKey } = callers.of(request);
      return reconciliation.receive({ deviceId, journalId, publicKey }, request.body);
    },
  );
};
