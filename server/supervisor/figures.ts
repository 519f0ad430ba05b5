/** What supervisors ask of days gone by: whether counters and province agree, the monitoring figures (long questions, so one at a time), opinions. */
import { z } from 'zod';
import { DAY_MS, instantOf } from '../../shared/lib/time.ts';
import { createTurns } from '../../shared/lib/turns.ts';
import { monitoringCsv, type MonitoringRow, type Period } from '../../shared/reconciliation/monitoring.ts';
import {
  MAX_PERIOD_DAYS,
  monitoringAnswerSchema,
  periodSchema,
  reconciliationAnswerSchema,
  supervisorPaths as paths,
  ratingsAnswerSchema,
  type AskedPeriod,
  type RatingsAnswer,
  type SupervisedDay,
} from '../../shared/supervisor/contract.ts';
import { problems, type ProvinceContext, type TypedServer } from '../context.ts';
import { Problem } from '../problem.ts';
import { audit } from './account-store.ts';
import type { Sessions } from './sessions.ts';

export type FiguresDesk = {
  days(period: AskedPeriod, options: { again: boolean }): Promise<SupervisedDay[]>;
  monitoring(period: Period): Promise<MonitoringRow[]>;
  /** What citizens thought of the service, as counts. */
  ratings(period: AskedPeriod): Promise<Pick<RatingsAnswer, 'days' | 'reasons'>>;
};

function mustFit({ from, to }: AskedPeriod, days: number): void {
  if (instantOf(to, '00:00') - instantOf(from, '00:00') >= days * DAY_MS) throw new Problem(400, 'period-too-long', `at most ${days} days at once`);
}

export function figuresRoutes(server: TypedServer, { db, clock }: Pick<ProvinceContext, 'db' | 'clock'>, sessions: Sessions, desk: FiguresDesk): void {
  const signedIn = { preParsing: sessions.authorise };

  const inTurn = createTurns();

  server.get(
    paths.reconciliation,
    { ...signedIn, schema: { querystring: periodSchema, response: { 200: reconciliationAnswerSchema, ...problems }, hide: true } },
    async ({ query }) => {
      mustFit(query, MAX_PERIOD_DAYS.reconciliation);
      return { ...query, days: await inTurn(() => desk.days(query, { again: false })) };
    },
  );
  server.post(
    paths.reconciliation,
    { ...signedIn, schema: { body: periodSchema, response: { 200: reconciliationAnswerSchema, ...problems }, hide: true } },
    async (request) => {
      const period = request.body;
      mustFit(period, MAX_PERIOD_DAYS.comparedAnew);
      const days = await inTurn(() => desk.days(period, { again: true }));
      await audit(db, {
        at: new Date(clock()),
        supervisor: sessions.of(request),
        action: 'compared-anew',
        facts: { subject: period.from === period.to ? period.from : `${period.from} – ${period.to}` },
      });
      return { ...period, days };
    },
  );

  server.get(
    paths.monitoring,
    { ...signedIn, schema: { querystring: periodSchema, response: { 200: monitoringAnswerSchema, ...problems }, hide: true } },
    async ({ query }) => {
      mustFit(query, MAX_PERIOD_DAYS.monitoring);
      const period = { ...query, asOfMs: clock() };
      return { ...period, rows: await inTurn(() => desk.monitoring(period)) };
    },
  );
  const momentSchema = z.object({ asOfMs: z.coerce.number().int().min(0).max(8.64e15) });
  server.get(
    paths.monitoringCsv,
    { ...signedIn, schema: { querystring: z.intersection(periodSchema, momentSchema), hide: true } },
    async ({ query: period }, reply) => {
      mustFit(period, MAX_PERIOD_DAYS.monitoring);
      const rows = await inTurn(() => desk.monitoring(period));
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="theo-doi-${period.from}-${period.to}.csv"`)
        .send(monitoringCsv(period, rows));
    },
  );

  server.get(
    paths.ratings,
    { ...signedIn, schema: { querystring: periodSchema, response: { 200: ratingsAnswerSchema, ...problems }, hide: true } },
    async ({ query }) => {
      mustFit(query, MAX_PERIOD_DAYS.ratings);
      return { ...query, ...(await desk.ratings(query)) };
    },
  );
}
