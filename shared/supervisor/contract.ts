/** What the supervisors' page and the province say to each other (JSON over HTTP, one session cookie); nothing of any citizen. */
import { z } from 'zod';
import { channels } from '../dossiers/dossier.ts';
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
  /** Its journal was found copied or set back, and nobody has looked at it yet. */
  isQuarantined: z.boolean(),
  report: deviceReportSchema
    .omit({ appVersion: true, atMs: true })
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
});
export type AcceptedDay = z.infer<typeof acceptedDaySchema>;

export const alarmSchema = z.object({
  alarmId: z.int(),
  what: z.string(),
  deviceId: z.string().nullable(),
  times: count,
  firstAtMs: z.int(),
  lastAtMs: z.int(),
});
export type Alarm = z.infer<typeof alarmSchema>;

export const auditActions = ['sign-in', 'sign-out', 'enrolment-code', 'revocation', 'alarm-seen'] as const;
export type AuditAction = (typeof auditActions)[number];

/** GET overview?date=YYYY-MM-DD (today unless said). */
export const overviewSchema = z.object({
  nowMs: z.int(),
  offices: z.array(z.object({ officeId: z.string(), agencyCode: z.string() })),
  devices: z.array(supervisedDeviceSchema),
  accepted: acceptedDaySchema,
  /** The connected specialised systems, with what waits for each in the whole province. */
  upstreams: upstreamsAnswerSchema.shape.upstreams,
  /** Those nobody has marked as seen, the newest first. */
  alarms: z.array(alarmSchema),
  /** What supervisors did, the newest first. */
  audit: z.array(z.object({ atMs: z.int(), supervisor: z.string(), action: z.enum(auditActions), subject: z.string() })),
});
export type Overview = z.infer<typeof overviewSchema>;

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
