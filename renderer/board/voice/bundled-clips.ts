/** The addresses of the bundled clips, which vite lays beside the page. */
import type { ClipId } from '../../../shared/voice/clips.ts';

const addresses = import.meta.glob<string>('./clips/**/*.ogg', { eager: true, query: '?url', import: 'default' });

/** Null: not bundled, e.g. a clip of a later version. */
export async function bundledClip(clip: ClipId): Promise<ArrayBuffer | null> {
  const address = addresses[`./clips/${clip}.ogg`];
  if (address === undefined) return null;
  const answer = await fetch(address);
  return answer.ok ? answer.arrayBuffer() : null;
}
