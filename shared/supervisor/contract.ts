/** What the supervisors' page and the province say to each other (JSON over HTTP, one session cookie); nothing of any citizen. */
import { z } from 'zod';
import { channels } from '../dossiers/dossier.ts';
import { ratingReasons, scores } from '../lobby/rating.ts';
import { differenceSchema } from '../reconciliation/compare.ts';
import type { MonitoringRow } from '../reconciliation/monitoring.ts';
import { publicationKinds } from '../publications/publication.ts';
import { deviceReportSchema } from '../sync/device-report.ts';
import { upstreamsAnswerSchema } from '../upstreams/upstream.ts';

const api = '/giam-sat/api';

export const supervisorPaths = {
  page: '/giam-sat',
  assets: '/giam-sat/assets/:file',
  session: `${api}/session`,
  overview: `${api}/overview`,
  enrolmentCodes: `${api}/enrolment-codes`,
  revocation: `${api}/devices/:deviceId/revocation`,
  alarmSeen: `${api}/alarms/:alarmId/seen`,
  reconciliation: `${api}/reconciliation`,
  monitoring: `${api}/monitoring`,
  monitoringCsv: `${api}/monitoring.csv`,
  ratings: `${api}/ratings`,
} as const;

/** Lower case, so that nobody has two accounts that look alike. */
export const supervisorNameSchema = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[a-z0-9][a-z0-9._-]{1,39}$/u);

/** POST session. Refused with 401 `wrong-credentials`, or 429 `locked` with Retry-After. */
export const signInSchema = z.object({ name: z.string().max(100), password: z.string().min(1).max(200) });
/** GET and POST session. DELETE session ends it. */
export const sessionSchema = z.object({ name: z.string() });

/** When a device is to destroy its keys: at its next contact, or once the province has everything of it. */
const destroyMoments = ['now', 'when-delivered'] as const;
export type DestroyMoment = (typeof destroyMoments)[number];

export const supervisedDeviceSchema = z.object({
  deviceId: z.uuid(),
  officeId: z.string(),
  agencyCode: z.string(),
  instance: z.int(),
  name: z.string(),
  enrolledAtMs: z.int(),
  lastSeenAtMs: z.int().nullable(),
  revokedAtMs: z.int().nullable(),
  /** Of the newest report when there is one. */
  appVersion: z.string(),
  /** The order it stands under. */
  destroy: z.enum(destroyMoments).nullable(),
  /**
   * Its journal has ended: by its own last word, or because the province found the journal forked at entry `seq` and nobody
   * has marked that alarm as seen. Reasons as of `QuarantineReason`, open to newer ones.
   */
  quarantine: z.object({ reason: z.string(), sinceMs: z.int(), seq: z.int().nullable() }).nullable(),
  report: deviceReportSchema
    .omit({ appVersion: true, atMs: true, quarantine: true })
    .extend({
      reportedAtMs: z.int(),
      /** How far the device's clock was ahead of the province's; negative when behind. */
      clockAheadMs: z.int(),
    })
    .nullable(),
});
export type SupervisedDevice = z.infer<typeof supervisedDeviceSchema>;

const count = z.int().nonnegative();
/** Dossiers accepted on one day, by the counters' own time. */
export const acceptedDaySchema = z.object({
  date: z.iso.date(),
  byHour: z.array(count).length(24),
  byChannel: z.array(z.object({ channel: z.enum(channels), accepted: count })),
  /** The busiest first. */
  byOffice: z.array(z.object({ officeId: z.string(), accepted: count })),
  /** The busiest first. */
  byProcedure: z.array(z.object({ procedureCode: z.string(), name: z.string(), accepted: count })),
});
export type AcceptedDay = z.infer<typeof acceptedDaySchema>;

export const alarmSchema = z.object({
  alarmId: z.int(),
  what: z.string(),
  deviceId: z.string().nullable(),
  /** The entry, the date it is about, when the alarm names one. */
  seq: z.int().nullable(),
  date: z.iso.date().nullable(),
  times: count,
  firstAtMs: z.int(),
  lastAtMs: z.int(),
});
export type Alarm = z.infer<typeof alarmSchema>;

const publicationSchema = z.object({
  position: z.int(),
  kind: z.enum(publicationKinds),
  version: z.string(),
  /** Null: for every office. */
  officeId: z.string().nullable(),
  publishedAtMs: z.int(),
  /** The account that gave the command; null when nobody noted it. */
  publishedBy: z.string().nullable(),
  /** Nothing newer of its kind was published for the same offices. */
  isInForce: z.boolean(),
  /** Devices in use that said they have it, of those it is for. */
  having: count,
  concerned: count,
});

export const auditActions = ['sign-in', 'sign-out', 'enrolment-code', 'revocation', 'destroy-order', 'alarm-seen', 'compared-anew'] as const;
export type AuditAction = (typeof auditActions)[number];

/** GET overview?date=YYYY-MM-DD (today unless said). */
export const overviewSchema = z.object({
  nowMs: z.int(),
  offices: z.array(z.object({ officeId: z.string(), agencyCode: z.string() })),
  devices: z.array(supervisedDeviceSchema),
  accepted: acceptedDaySchema,
  /** The connected specialised systems, with what waits for each in the whole province. */
  upstreams: upstreamsAnswerSchema.shape.upstreams,
  /** The last to be published, the newest first. */
  publications: z.array(publicationSchema),
  /** Those nobody has marked as seen, the newest first. */
  alarms: z.array(alarmSchema),
  /** What supervisors did, the newest first. */
  audit: z.array(z.object({ atMs: z.int(), supervisor: z.string(), action: z.enum(auditActions), subject: z.string() })),
});
export type Overview = z.infer<typeof overviewSchema>;

/** POST revocation. With `destroy` it is an order to destroy the device's keys; `when-delivered` of one revoked already is refused: 409 `revoked-already`. */
export const revocationSchema = z.object({ destroy: z.enum(destroyMoments).optional() });

/** Days a question may span: comparing anew reads whole journals. */
export const MAX_PERIOD_DAYS = { reconciliation: 31, comparedAnew: 7, monitoring: 366, ratings: 92 } as const;

/** Both days included. */
export const periodSchema = z.object({ from: z.iso.date(), to: z.iso.date() }).refine(({ from, to }) => from <= to);
export type AskedPeriod = z.infer<typeof periodSchema>;

/** More differences of one day than this are only counted. */
export const SHOWN_DIFFERENCES = 200;

/** `open`: the device took dossiers in on that date, and no statement of it has come. */
export const dayStatuses = ['differs', 'waiting', 'open', 'agrees'] as const;
const supervisedDaySchema = z.object({
  date: z.iso.date(),
  deviceId: z.uuid(),
  officeId: z.string(),
  deviceName: z.string(),
  status: z.enum(dayStatuses),
  /** That the province holds of the device and the date; `sinceClosing` of them came after the statement's head. */
  dossiers: count,
  sinceClosing: count,
  differences: z.array(differenceSchema).max(SHOWN_DIFFERENCES),
  differing: count,
  comparedAtMs: z.int().nullable(),
});
export type SupervisedDay = z.infer<typeof supervisedDaySchema>;
/** GET reconciliation?from&to; POST compares every statement of the period anew first, agreed or not. The newest date first. */
export const reconciliationAnswerSchema = z.object({ from: z.iso.date(), to: z.iso.date(), days: z.array(supervisedDaySchema) });
export type ReconciliationAnswer = z.infer<typeof reconciliationAnswerSchema>;

const monitoringRowSchema = z.object({
  officeId: z.string(),
  procedureCode: z.string(),
  procedureName: z.string(),
  accepted: count,
  onlineFull: count,
  onlinePartial: count,
  counter: count,
  post: count,
  digitised: count,
  inTime: count,
  overdue: count,
  noDueDate: count,
}) satisfies z.ZodType<MonitoringRow>;
/** GET monitoring?from&to; monitoring.csv?from&to&asOfMs gives the same figures as a file. */
export const monitoringAnswerSchema = z.object({ from: z.iso.date(), to: z.iso.date(), asOfMs: z.int(), rows: z.array(monitoringRowSchema) });
export type MonitoringAnswer = z.infer<typeof monitoringAnswerSchema>;

const ratedDaySchema = z.object({
  date: z.iso.date(),
  officeId: z.string(),
  /** Opinions with one face, two, … five. */
  byScore: z.array(count).length(scores.length),
});
export type RatedDay = z.infer<typeof ratedDaySchema>;
/** GET ratings?from&to. The newest date first; `reasons` of the whole period, the most frequent first. */
export const ratingsAnswerSchema = z.object({
  from: z.iso.date(),
  to: z.iso.date(),
  days: z.array(ratedDaySchema),
  reasons: z.array(z.object({ reason: z.enum(ratingReasons), count })),
});
export type RatingsAnswer = z.infer<typeof ratingsAnswerSchema>;

/** POST enrolment-codes. `replaces`: the device whose place the new one takes; it is revoked when the code is used. */
export const newCodeSchema = z.object({
  officeId: z.string().regex(/^[a-z0-9][a-z0-9-]{0,59}$/u),
  agencyCode: z.string().regex(/^[A-Z0-9][A-Z0-9.]{1,30}$/u),
  days: z.int().min(1).max(60),
  replaces: z.uuid().optional(),
});
export type NewCode = z.infer<typeof newCodeSchema>;
/** The only time the code is ever shown: the province keeps its digest. */
export const givenCodeSchema = z.object({ code: z.string(), expiresAtMs: z.int() });
export type GivenCode = z.infer<typeof givenCodeSchema>;
