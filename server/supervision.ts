/** What the supervisors' page may do with the other features; beside them because it reaches several. */
import type { ProvinceContext, Routes } from './context.ts';
import { OfficeOfAnotherAgency } from './db/province-store.ts';
import { findDevice, revokeAndDestroy, revokeDevice } from './devices/device-store.ts';
import { createEnrolmentCode } from './devices/enrolment.ts';
import { JOURNAL_FORKED } from './journal/receive.ts';
import { ratingsOf } from './lobby/rating-store.ts';
import { Problem } from './problem.ts';
import { latestPublications } from './publications/publication-store.ts';
import type { PageFiles } from './supervisor/page-files.ts';
import { supervisedDays } from './reconciliation/supervised-days.ts';
import { supervisorRoutes, type SupervisorDesk } from './supervisor/routes.ts';
import { countOpen } from './upstreams/delivery-store.ts';
import { allHealth } from './upstreams/health-store.ts';

const SHOWN_PUBLICATIONS = 30;

const deskOf = ({ db, clock, upstreams, reconciliation }: ProvinceContext): SupervisorDesk => ({
  async newCode(office, lifeMs, replaces) {
    if (replaces !== undefined && (await findDevice(db, replaces))?.office_id !== office.officeId) {
      throw new Problem(409, 'foreign-device', 'the office has no such device');
    }
    return createEnrolmentCode(db, office, clock(), lifeMs, { replaces }).catch((error: unknown) => {
      if (error instanceof OfficeOfAnotherAgency) throw new Problem(409, 'foreign-agency', 'the office belongs to another agency', { cause: error });
      throw error;
    });
  },
  async revoke(deviceId, at, destroy) {
    const device = await findDevice(db, deviceId);
    if (device === undefined) return undefined;
    if (destroy === 'when-delivered' && device.revoked_at !== null) throw new Problem(409, 'revoked-already', 'a revoked device delivers nothing any more');
    await (destroy === undefined ? revokeDevice(db, deviceId, at) : revokeAndDestroy(db, deviceId, destroy, at));
    return { officeId: device.office_id, name: device.name };
  },
  async upstreams() {
    const [health, counts] = await Promise.all([allHealth(db), countOpen(db)]);
    return [...health].flatMap(([name, { status, sinceMs }]) => {
      const { waiting = 0, stopped = 0 } = counts.find(({ upstream }) => upstream === name) ?? {};
      // Disconnected since: of interest only while something waits for it.
      return upstreams.connected.includes(name) || waiting + stopped > 0 ? [{ name, status, sinceMs, waiting, stopped }] : [];
    });
  },
  async publications() {
    const rows = await latestPublications(db, SHOWN_PUBLICATIONS);
    return rows.map(({ publishedAt, ...row }) => ({ ...row, publishedAtMs: publishedAt.getTime() }));
  },
  isQuarantine: (what) => what === JOURNAL_FORKED,
  days: ({ from, to }, { again }) => supervisedDays(db, reconciliation, { from, to }, again),
  monitoring: (period) => reconciliation.monitoring(period),
  ratings: (period) => ratingsOf(db, period),
});

export const supervisionRoutes =
  (files: PageFiles): Routes =>
  (server, context) =>
    supervisorRoutes(server, context, files, deskOf(context));
