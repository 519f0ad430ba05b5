/** Makes one PDF of the pages of a paper, from what is stored of each. */
import { fail, type Failure, type Result } from '../../shared/lib/result.ts';
import type { PaperPage } from '../../shared/scanning/scan.ts';
import type { ScanRepository } from '../db/scan-repository.ts';
import type { About } from './page-work/bind.ts';
import type { PageToBind } from './page-worker.ts';
import { workOnPage } from './work-on-page.ts';

/** Blobs lie outside the page's memory; of forty pages one at a time is unpacked. */
export async function bindPages(scans: Pick<ScanRepository, 'read'>, pages: readonly PaperPage[], about: About): Promise<Result<{ blob: Blob }, Failure>> {
  const all: PageToBind[] = [];
  for (const { sha256, rotation } of pages) {
    const read = await scans.read(sha256);
    if (!read.ok) return fail(read.failure.kind, read.failure.details);
    all.push({ blob: new Blob([read.value.bytes], { type: read.value.mediaType }), rotation });
  }
  return workOnPage({ task: 'bind', pages: all, about });
}
