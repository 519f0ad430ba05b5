/** What the supervisors' page may do with the other features; beside them because it reaches several. */
import type { ProvinceContext, Routes } from './context.ts';
import { OfficeOfAnotherAgency } from './db/province-store.ts';
import { findDevice, revokeDevice } from './devices/device-store.ts';
import { createEnrolmentCode } from './devices/enrolment.ts';
import { JOURNAL_FORKED } from './journal/receive.ts';
import { Problem } from './problem.ts';
import type { PageFiles } from './supervisor/page-files.ts';
import { supervisorRoutes, type SupervisorDesk } from './supervisor/routes.ts';

const deskOf = ({ db, clock }: ProvinceContext): SupervisorDesk => ({
  async newCode(office, lifeMs, replaces) {
    if (replaces !== undefined && (await findDevice(db, replaces))?.office_id !== office.officeId) {
      throw new Problem(409, 'foreign-device', 'the office has no such device');
    }
    return createEnrolmentCode(db, office, clock(), lifeMs, { replaces }).catch((error: unknown) => {
      if (error instanceof OfficeOfAnotherAgency) throw new Problem(409, 'foreign-agency', 'the office belongs to another agency', { cause: error });
      throw error;
    });
  },
  async revoke(deviceId, at) {
    const device = await findDevice(db, deviceId);
    if (device === undefined) return undefined;
    await revokeDevice(db, deviceId, at);
    return { officeId: device.office_id, name: device.name };
  },
  isQuarantine: (what) => what === JOURNAL_FORKED,
});

export const supervisionRoutes =
  (files: PageFiles): Routes =>
  (server, context) =>
    supervisorRoutes(server, context, files, deskOf(context));
