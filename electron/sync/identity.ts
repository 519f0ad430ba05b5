/** Who this device is to the province: learnt once at enrolment, kept beside the keys. */
import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import { enrolAnswerSchema, type EnrolAnswer } from '../../shared/sync/protocol.ts';
import { isMissing, writeDurably } from '../files.ts';

const identitySchema = enrolAnswerSchema.omit({ lease: true });
export type Identity = z.infer<typeof identitySchema>;

export type IdentityFile = { current(): Identity | undefined; record(answer: EnrolAnswer): Promise<void> };

export async function openIdentityFile(path: string): Promise<IdentityFile> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  let identity = text === undefined ? undefined : identitySchema.parse(JSON.parse(text));
  return {
    current: () => identity,
    async record(answer) {
      const next = identitySchema.parse(answer);
      await writeDurably(path, Buffer.from(JSON.stringify(next)));
      identity = next;
    },
  };
}
