/** Reads the settings file named by `QMC_CONFIG`; a wrong one stops the start with the field named. */
import { readFile } from 'node:fs/promises';
import { settingsSchema, type Settings } from '../../shared/settings/settings.ts';
import { fail, ok, type Failure, type Result } from '../../shared/lib/result.ts';
import { isMissing } from '../files.ts';

export type SettingsFailure = Failure<'settings-missing' | 'settings-not-json' | 'settings-wrong'>;

export async function loadSettings(path: string): Promise<Result<Settings, SettingsFailure>> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  if (text === undefined) return fail('settings-missing', { path });
  let raw: unknown;
  try {
    raw = JSON.parse(text.replace(/^\uFEFF/u, ''));
  } catch (error) {
    return fail('settings-not-json', { path, message: error instanceof Error ? error.message : '' });
  }
  const parsed = settingsSchema.safeParse(raw);
  if (parsed.success) return ok(parsed.data);
  const fields = parsed.error.issues.map((issue) => `${fieldOf(issue)}: ${issue.message}`);
  return fail('settings-wrong', { path, fields: fields.join('\n') });
}

/** `unrecognized_keys` names the unknown key itself rather than the object it stands in. */
const fieldOf = (issue: { path: PropertyKey[]; code?: string; keys?: string[] }): string =>
  [...issue.path, ...(issue.code === 'unrecognized_keys' ? [(issue.keys ?? []).join(', ')] : [])].map(String).join('.') || '(file)';
