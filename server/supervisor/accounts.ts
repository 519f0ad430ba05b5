/** Owns how accounts of supervisors come and go: by the province's own command line only. */
import type { Database } from '../db/database.ts';
import { deleteSupervisor, forgetFailures, insertSupervisor } from './account-store.ts';
import { hashPassword, newPassword } from './password.ts';

/** The new password for `add` and `renew`, to be shown once; its digest alone is kept. Throws when there is (not) such an account. */
export async function changeSupervisor(db: Database, action: 'add' | 'renew' | 'remove', name: string, nowMs: number): Promise<string | undefined> {
  const password = newPassword();
  const passwordHash = await hashPassword(password);
  return db.transaction().execute(async (trx) => {
    // Renewing ends the account's sessions too: whoever knew the old password is signed out.
    if (action !== 'add' && !(await deleteSupervisor(trx, name))) throw new Error(`there is no supervisor ${name}`);
    await forgetFailures(trx, name);
    if (action === 'remove') return undefined;
    if (!(await insertSupervisor(trx, name, passwordHash, new Date(nowMs))))
      throw new Error(`there is a supervisor ${name} already; renew gives a new password`);
    return password;
  });
}
