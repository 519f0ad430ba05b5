import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect } from 'node:net';
import type { PublicBoard } from '../../shared/queue/view.ts';
import { startBoardServer, type BoardServer } from './board-server.ts';

const empty: PublicBoard = { date: '2026-11-23', officeName: 'An Bình', atMs: 1, called: [], groups: [], isClosed: false, isLost: false };
const page = { html: '<h1>board</h1>', files: { '/assets/a.js': { type: 'text/javascript', body: Buffer.from('1') } } };
let board = empty;
let server: BoardServer;
const get = (path: string, method = 'GET') => fetch(`http://127.0.0.1:${server.port}${path}`, { method });

beforeAll(async () => {
  server = await startBoardServer({ port: 0, page, board: () => board });
});
afterAll(() => server.stop());

/** Reads messages of the stream as they come. */
async function* follow(): AsyncGenerator<PublicBoard> {
  const stream = await get('/events');
  expect(stream.headers.get('content-type')).toBe('text/event-stream');
  let text = '';
  for await (const chunk of stream.body ?? []) {
    text += new TextDecoder().decode(chunk);
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      yield JSON.parse(text.slice('data: '.length, end)) as PublicBoard;
      text = text.slice(end + 2);
    }
  }
}

describe('startBoardServer', () => {
  it('serves the page and its files, and nothing else', async () => {
    const index = await get('/');
    expect(await index.text()).toBe('<h1>board</h1>');
    expect(index.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect((await get('/assets/a.js')).headers.get('cache-control')).toContain('immutable');
    for (const path of ['/assets/b.js', '/..%2f..%2fetc/passwd', '/constructor', '/assets/', '/settings']) expect((await get(path)).status, path).toBe(404);
    for (const method of ['POST', 'PUT', 'DELETE', 'HEAD']) expect((await get('/', method)).status, method).toBe(405);
  });

  it('tells the board at once and every change of it', async () => {
    const heard = follow();
    expect((await heard.next()).value).toEqual(empty);
    board = { ...empty, atMs: 2 };
    server.tell(board);
    expect((await heard.next()).value).toEqual(board);
    expect(await (await get('/board.json')).json()).toEqual(board);
    await heard.return(undefined);
  });

  it('does not fill its memory for a television that takes nothing', async () => {
    const deaf = connect(server.port, '127.0.0.1');
    deaf.pause();
    deaf.write('GET /events HTTP/1.1\r\nhost: board\r\n\r\n');
    const closed = new Promise((resolve) => deaf.once('close', resolve));
    const large = { ...empty, officeName: 'x'.repeat(200_000) };
    const before = process.memoryUsage().arrayBuffers;
    for (let round = 0; round < 200; round++) {
      server.tell(large);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(30_000_000);
    deaf.resume();
    await closed;
  });

  it('refuses a port that is taken', async () => {
    await expect(startBoardServer({ port: server.port, page, board: () => board })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
