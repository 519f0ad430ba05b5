import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bucketSettingsSchema, readCredentials } from './bucket-settings.ts';

describe('the settings of a bucket', () => {
  it('name an address, a bucket, and a prefix that is folders', () => {
    const least = { endpoint: 'https://s3.tinh.example', bucket: 'ho-so' };
    expect(bucketSettingsSchema.parse(least)).toMatchObject({ region: 'us-east-1', prefix: '', addressing: 'path' });
    for (const wrong of [
      { endpoint: 'ftp://x' },
      { bucket: '../x' },
      { bucket: 'A B' },
      { prefix: 'a' },
      { prefix: '../' },
      { prefix: '/' },
      { prefix: 'a&b/' },
    ])
      expect(bucketSettingsSchema.safeParse({ ...least, ...wrong }).success).toBe(false);
  });
});

describe('the key to a bucket', () => {
  it('comes from a file or the environment, and is never repeated', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'qmc-key-'));
    try {
      const credentialsFile = join(dir, 's3.json');
      await writeFile(credentialsFile, '{"accessKeyId":"tep","secretAccessKey":"bi-mat"}');
      const env = { AWS_ACCESS_KEY_ID: 'moi-truong', AWS_SECRET_ACCESS_KEY: 'bi-mat' };
      expect(await readCredentials({ credentialsFile }, env)).toEqual({ accessKeyId: 'tep', secretAccessKey: 'bi-mat' });
      expect(await readCredentials({}, env)).toMatchObject({ accessKeyId: 'moi-truong' });
      await expect(readCredentials({}, {})).rejects.toThrow('AWS_ACCESS_KEY_ID');
      for (const text of ['bi-mat', '{"secretAccessKey":"bi-mat"}']) {
        await writeFile(credentialsFile, text);
        const failure = await readCredentials({ credentialsFile }, env).catch((error: Error) => error.message);
        expect(failure).toContain(credentialsFile);
        expect(failure).not.toContain('bi-mat');
      }
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  });
});
