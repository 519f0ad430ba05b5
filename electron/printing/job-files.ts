/** The folder of the print spool: one sealed file a job, each written durably. */
import { readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { paperSchema, printJobSchema } from '../../shared/printing/paper.ts';
import { preparePrivateFolder, writeDurably } from '../files.ts';

export const storedJobSchema = z.object({
  version: z.literal(1),
  job: printJobSchema,
  /** What the paper is about; prints of one subject are counted together. */
  subjectId: z.string(),
  /** Order of submission; the clock may be set back. */
  order: z.int().nonnegative(),
  /** Kept while the job may still have to be drawn. */
  paper: paperSchema.optional(),
});
export type StoredJob = z.infer<typeof storedJobSchema>;

/** Seals what lies on disk; `context` must be the same when opening. `Vault` of electron/keys fits. */
export type Sealer = { seal(plain: Uint8Array, context: string): Uint8Array; open(sealed: Uint8Array, context: string): Uint8Array };

export type JobFiles = {
  /** The jobs in order of submission. A file that does not open or parse is set aside as `.damaged` and named. */
  load(): Promise<{ jobs: StoredJob[]; damaged: string[] }>;
  /** Resolves after fsync. Throws the file system's error. */
  save(stored: StoredJob): Promise<void>;
  remove(jobId: string): Promise<void>;
};

const SUFFIX = '.job';
const contextOf = (jobId: string): string => `print-job/${jobId}`;

export async function openJobFiles(folder: string, sealer: Sealer): Promise<JobFiles> {
  await preparePrivateFolder(folder);
  // Two saves of one job must reach the disk in the order they were asked for.
  let last: Promise<void> = Promise.resolve();
  const inOrder = (work: () => Promise<void>): Promise<void> => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };

  return {
    async load() {
      const jobs: StoredJob[] = [];
      const damaged: string[] = [];
      for (const name of (await readdir(folder)).filter((file) => file.endsWith(SUFFIX))) {
        const jobId = name.slice(0, -SUFFIX.length);
        try {
          const text = Buffer.from(sealer.open(await readFile(join(folder, name)), contextOf(jobId))).toString('utf8');
          jobs.push(storedJobSchema.parse(JSON.parse(text)));
        } catch {
          await rename(join(folder, name), join(folder, `${name}.damaged`));
          damaged.push(jobId);
        }
      }
      return { jobs: jobs.sort((a, b) => a.order - b.order), damaged };
    },
    save: (stored) =>
      inOrder(() =>
        writeDurably(join(folder, stored.job.jobId + SUFFIX), sealer.seal(Buffer.from(JSON.stringify(stored), 'utf8'), contextOf(stored.job.jobId))),
      ),
    remove: (jobId) => inOrder(() => rm(join(folder, jobId + SUFFIX), { force: true })),
  };
}
