/** Judges the settings whole; a wrong one stops the start with the field named. */
import { settingsSchema, type Settings } from '../../shared/settings/settings.ts';
import { fail, ok, type Failure, type Result } from '../../shared/lib/result.ts';

/** `path`: of the file they stood in. */
export function judgeSettings(raw: unknown, path: string): Result<Settings, Failure<'settings-wrong'>> {
  const parsed = settingsSchema.safeParse(raw);
  if (parsed.success) return ok(parsed.data);
  const fields = parsed.error.issues.map((issue) => `${fieldOf(issue)}: ${issue.message}`);
  return fail('settings-wrong', { path, fields: fields.join('\n') });
}

/** `unrecognized_keys` names the unknown key itself rather than the object it stands in. */
const fieldOf = (issue: { path: PropertyKey[]; code?: string; keys?: string[] }): string =>
  [...issue.path, ...(issue.code === 'unrecognized_keys' ? [(issue.keys ?? []).join(', ')] : [])].map(String).join('.') || '(file)';
