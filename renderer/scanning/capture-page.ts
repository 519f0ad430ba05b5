/** A picture from a camera or a scanner made into a page worth keeping; what cannot be worked on is kept as it came. */
import { mediaTypeOf } from '../../shared/scanning/media-type.ts';
import type { About } from './page-work/bind.ts';
import type { PagePlan } from './page-work/work-page.ts';
import type { WorkedBlob } from './page-worker.ts';
import { workOnPage } from './work-on-page.ts';

export type CapturedPage = { file: File; worked: WorkedBlob | undefined };

const extensions = { 'application/pdf': 'pdf', 'image/jpeg': 'jpg', 'image/png': 'png' } as const;

export async function capturePage(picture: Blob, plan: PagePlan, about: About, name: string): Promise<CapturedPage> {
  const worked = await workOnPage({ task: 'work', blob: picture, plan, about });
  const blob = worked.ok ? worked.value.blob : picture;
  const mediaType = mediaTypeOf(new Uint8Array(await blob.slice(0, 1024).arrayBuffer()));
  const file = new File([blob], `${name}.${mediaType === undefined ? 'bin' : extensions[mediaType]}`, { type: mediaType });
  return { file, worked: worked.ok ? worked.value : undefined };
}
