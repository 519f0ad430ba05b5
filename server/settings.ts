/** What a province says in the file that `--settings` names. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { bucketSettingsSchema } from './scans/bucket-settings.ts';
import { upstreamSettingsSchema } from './upstreams/settings.ts';

const provinceSettingsSchema = z.strictObject({
  upstreams: upstreamSettingsSchema.prefault({}),
  /** Unless given, scans are kept in the folder `--data`. */
  scans: z.strictObject({ s3: bucketSettingsSchema }).optional(),
});
export type ProvinceSettings = z.infer<typeof provinceSettingsSchema>;

/** Throws an Error that names the field. */
export async function readSettings(file: string | undefined): Promise<ProvinceSettings> {
  const parsed = provinceSettingsSchema.safeParse(file === undefined ? {} : JSON.parse(await readFile(file, 'utf8')));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new Error(`${file}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not understood'}`);
}
