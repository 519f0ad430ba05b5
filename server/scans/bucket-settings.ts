/** What a province says of the S3-compatible store of its scans, and where the key to it comes from. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';

export const bucketSettingsSchema = z.strictObject({
  /** Of the store, without the bucket. */
  endpoint: z.url({ protocol: /^https?$/u }),
  region: z.string().min(1).max(60).default('us-east-1'),
  bucket: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/u, 'not the name of a bucket'),
  /** Before every key, so that a bucket may hold more than scans. */
  prefix: z
    .string()
    .regex(/^([a-z0-9_-]+\/)*$/u, 'a prefix is empty, or folders of a-z, 0-9, - and _, each with / behind it')
    .default(''),
  /** `path`: https://endpoint/bucket/key; `host`: https://bucket.endpoint/key. */
  addressing: z.enum(['path', 'host']).default('path'),
  /** JSON: accessKeyId, secretAccessKey, sessionToken if there is one. Unless given, AWS_ACCESS_KEY_ID and its like of the environment. */
  credentialsFile: z.string().min(1).optional(),
});
export type BucketSettings = z.infer<typeof bucketSettingsSchema>;

const credentialsSchema = z.object({ accessKeyId: z.string().min(1), secretAccessKey: z.string().min(1), sessionToken: z.string().min(1).optional() });
export type BucketCredentials = z.infer<typeof credentialsSchema>;

/** Throws an Error that says where the key was looked for, and nothing of what was found there. */
export async function readCredentials({ credentialsFile }: Pick<BucketSettings, 'credentialsFile'>, env: NodeJS.ProcessEnv): Promise<BucketCredentials> {
  const read = async (): Promise<unknown> =>
    credentialsFile === undefined
      ? { accessKeyId: env['AWS_ACCESS_KEY_ID'], secretAccessKey: env['AWS_SECRET_ACCESS_KEY'], sessionToken: env['AWS_SESSION_TOKEN'] || undefined }
      : JSON.parse(await readFile(credentialsFile, 'utf8'));
  const parsed = credentialsSchema.safeParse(await read().catch(() => undefined));
  if (parsed.success) return parsed.data;
  const missing = parsed.error.issues.map(({ path }) => path.join('.')).filter((name) => name !== '');
  throw new Error(
    credentialsFile === undefined
      ? 'scans.s3: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are needed in the environment, or scans.s3.credentialsFile'
      : `scans.s3.credentialsFile: ${credentialsFile} is not JSON that can be read, or lacks ${missing.join(', ') || 'everything'}`,
  );
}
