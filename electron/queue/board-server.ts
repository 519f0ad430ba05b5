/** Serves the board to any television of the office: plain HTTP, read-only, nothing of it about a person. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PublicBoard } from '../../shared/queue/view.ts';
import type { BoardPage } from './board-page.ts';

/** Also when nothing changes: a page that hears nothing for longer says that it may be old, and a clock that drifts is set right. */
const REPEAT_MS = 15_000;
const MAX_TELEVISIONS = 64;
/** A television that takes nothing any more is let go; it comes back by itself. */
const MAX_BEHIND_BYTES = 1024 * 1024;

const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
const headers = { 'content-security-policy': contentSecurityPolicy, 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' };

export type BoardServer = {
  port: number;
  tell(board: PublicBoard): void;
  stop(): Promise<void>;
};

type Options = {
  /** 0: any free one. */
  port: number;
  page: BoardPage;
  board: () => PublicBoard;
};

/** Rejects when the port is taken. */
export async function startBoardServer({ port, page, board }: Options): Promise<BoardServer> {
  const televisions = new Set<ServerResponse>();

  const server = createServer((request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    answer(request, response);
  });
  server.maxConnections = MAX_TELEVISIONS;
  server.requestTimeout = 10_000;

  function answer({ method, url = '' }: IncomingMessage, response: ServerResponse): void {
    if (method !== 'GET') return void response.writeHead(405, { allow: 'GET' }).end();
    const [path = ''] = url.split('?');
    if (path === '/events') return follow(response);
    if (path === '/board.json') return send(response, 'application/json; charset=utf-8', JSON.stringify(board()), 'no-store');
    if (path === '/') return send(response, 'text/html; charset=utf-8', page.html, 'no-cache');
    const file = Object.hasOwn(page.files, path) ? page.files[path] : undefined;
    if (file === undefined) return void response.writeHead(404).end();
    // Assets carry their content in their name.
    send(response, file.type, file.body, path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache');
  }

  function send(response: ServerResponse, type: string, body: string | Buffer, caching: string): void {
    response.writeHead(200, { 'content-type': type, 'cache-control': caching, 'content-length': Buffer.byteLength(body) }).end(body);
  }

  function follow(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    televisions.add(response);
    response.on('close', () => televisions.delete(response));
    response.on('error', () => televisions.delete(response));
    write(response, board());
  }

  function write(response: ServerResponse, said: PublicBoard): void {
    if (response.writableLength > MAX_BEHIND_BYTES) response.destroy();
    else response.write(`data: ${JSON.stringify(said)}\n\n`);
  }

  const tell = (said: PublicBoard): void => televisions.forEach((response) => write(response, said));

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const repeating = setInterval(() => televisions.size > 0 && tell(board()), REPEAT_MS);
  repeating.unref();
  return {
    port: (server.address() as AddressInfo).port,
    tell,
    async stop() {
      clearInterval(repeating);
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
    },
  };
}
