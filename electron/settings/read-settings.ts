/** Reads the settings file named by `QMC_CONFIG`, and what of it the window must know before anything is judged. */
import { readFileSync } from 'node:fs';
import { fail, ok, type Failure, type Result } from '../../shared/lib/result.ts';
import type { Role } from '../../shared/settings/settings.ts';
import { isMissing } from '../files.ts';

type Unreadable = Failure<'settings-missing' | 'settings-not-json'>;

export function readSettings(path: string): Result<unknown, Unreadable> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return fail('settings-missing', { path });
    throw error;
  }
  try {
    return ok(JSON.parse(text.replace(/^\uFEFF/u, '')) as unknown);
  } catch (error) {
    return fail('settings-not-json', { path, message: error instanceof Error ? error.message : '' });
  }
}

/** Whose window it will be. Wrong settings have an officer's: it is never shown. */
export function roleIn(settings: unknown): Role {
  const role = typeof settings === 'object' && settings !== null && 'role' in settings ? settings.role : undefined;
  return role === 'lobby' || role === 'board' || role === 'postal' ? role : 'officer';
}
