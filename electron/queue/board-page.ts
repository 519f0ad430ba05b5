/** The files of the page for televisions: read once, a fixed list, so that no name from outside is ever a path. */
import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { Settings } from '../../shared/settings/settings.ts';
import { clipsOf, type ClipId } from '../../shared/voice/clips.ts';
import type { Recordings } from '../voice/recordings.ts';

export type PageFile = { type: string; body: Buffer };
/** By their path below the page, e.g. `/assets/index-abc.js`. */
export type BoardPage = { html: string; files: Readonly<Record<string, PageFile>> };

const types: Record<string, string> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.ogg': 'audio/ogg',
};

type Options = {
  /** What board.vite.config.ts built. Throws when there is nothing. */
  folder: string;
  settings: Pick<Settings, 'language' | 'board' | 'voice'>;
  recordings: Recordings;
};

export async function loadBoardPage({ folder, settings: { language, board, voice }, recordings }: Options): Promise<BoardPage> {
  const { recordings: folderOfRecordings, ...heard } = voice;
  const files: Record<string, PageFile> = {};
  for (const name of await readdir(join(folder, 'assets'))) {
    files[`/assets/${name}`] = { type: types[extname(name)] ?? 'application/octet-stream', body: await readFile(join(folder, 'assets', name)) };
  }
  const recorded: ClipId[] = [];
  for (const clip of folderOfRecordings === undefined ? [] : clipsOf(voice.languages)) {
    const bytes = await recordings(clip);
    if (bytes === null) continue;
    recorded.push(clip);
    files[`/voice/${clip}`] = { type: 'application/octet-stream', body: Buffer.from(bytes) };
  }
  // What renderer/board/page/hub-feed.ts reads.
  const settings = { language, notice: board.notice ?? null, voice: heard, recorded };
  files['/settings.json'] = { type: 'application/json; charset=utf-8', body: Buffer.from(JSON.stringify(settings)) };
  return { html: await readFile(join(folder, 'index.html'), 'utf8'), files };
}
