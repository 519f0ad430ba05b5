/** The line between a counter and its province, as a TCP proxy that a test can break in every way a real line is broken. */
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** `path`: only requests whose path begins so; the others go through. Plain HTTP only: nobody looks into TLS. */
type OnPath = { path?: string };

export type Line =
  | { kind: 'up' }
  /** Nobody listens: connections are refused at once. */
  | { kind: 'down' }
  /** Connections open and nothing ever comes back (half-open socket); those under way are cut. */
  | { kind: 'silent' }
  /** From one moment to the next nothing moves any more, on connections under way too, and nobody says so. */
  | { kind: 'frozen' }
  /** Requests arrive, answers are lost: the connection is cut as the first byte of an answer comes. */
  | ({ kind: 'answers-lost' } & OnPath)
  /** Every connection is cut after this many bytes from the counter. */
  | { kind: 'cut-after'; bytes: number }
  /** A poor line: what the counter sends goes through at this speed, answers at once. */
  | { kind: 'slow'; bytesPerSecond: number }
  /** Answers come in drips of this size. */
  | ({ kind: 'drip'; bytesPerSecond: number } & OnPath)
  /** Somebody else answers: a captive portal's page. */
  | ({ kind: 'portal' } & OnPath)
  /** Something in between answers for the province, which hears nothing. */
  | ({ kind: 'answer'; status: string; headers?: Record<string, string>; body?: string } & OnPath)
  /** The whole request is swallowed: it arrives nowhere and is never answered. */
  | ({ kind: 'swallow' } & OnPath);

export type TcpProxy = {
  readonly port: number;
  readonly url: string;
  /** Applies to new connections; those under way are cut when the kind changes, unless they freeze. */
  set(line: Line): void;
  /** Bytes from the counter since the start. */
  bytesUp(): number;
  /** When each request that was seen came (ms since the epoch), with its method and path; plain HTTP only. */
  requests(): ReadonlyArray<{ atMs: number; method: string; path: string }>;
  stop(): Promise<void>;
};

const STEP_MS = 50;
const REQUEST = /^(GET|HEAD|POST|PATCH|PUT|DELETE|OPTIONS) (\S+) HTTP\/1\.[01]\r\n/u;
const LONGEST_REQUEST_LINE = 2_048;

const answerOf = (status: string, headers: Record<string, string>, body: string): string =>
  [
    `HTTP/1.1 ${status}`,
    ...Object.entries({ 'content-length': String(Buffer.byteLength(body)), connection: 'close', ...headers }).map(([name, value]) => `${name}: ${value}`),
    '',
    body,
  ].join('\r\n');
const PORTAL = answerOf('200 OK', { 'content-type': 'text/html' }, '<!doctype html><title>WiFi</title><p>Please sign in</p>');

export async function startTcpProxy(target: { host: string; port: number }): Promise<TcpProxy> {
  let line: Line = { kind: 'up' };
  let up = 0;
  const requests: Array<{ atMs: number; method: string; path: string }> = [];
  const sockets = new Set<Socket>();

  function serve(client: Socket): void {
    sockets.add(client);
    client.on('close', () => sockets.delete(client));
    client.on('error', () => client.destroy());
    if (line.kind === 'down') return void client.resetAndDestroy();
    if (line.kind === 'silent' || line.kind === 'frozen') return void client.resume();
    forward(client, line);
  }

  function forward(client: Socket, chosen: Line): void {
    const server = connect(target.port, target.host);
    sockets.add(server);
    let sent = 0;
    /** Whether the request under way on this connection is one the line is to break. */
    let isMeant = !('path' in chosen) || chosen.path === undefined;
    let isAnswered = false;
    const isFrozen = (): boolean => line.kind === 'frozen';
    const cut = (): void => {
      client.resetAndDestroy();
      server.destroy();
    };
    server.on('error', cut);
    server.on('close', () => {
      sockets.delete(server);
      if (!isAnswered && !isFrozen()) client.end();
    });
    client.on('close', () => server.end());

    const trickle = async (from: Socket, to: Socket, chunk: Buffer, bytesPerSecond: number): Promise<void> => {
      from.pause();
      const step = Math.max(1, Math.round((bytesPerSecond * STEP_MS) / 1000));
      for (let at = 0; at < chunk.length && !from.destroyed && !to.destroyed; at += step) {
        const piece = chunk.subarray(at, at + step);
        if (from === client) up += piece.length;
        to.write(piece);
        await sleep(STEP_MS);
      }
      from.resume();
    };
    const look = (chunk: Buffer): void => {
      const [, method, path] = REQUEST.exec(chunk.subarray(0, LONGEST_REQUEST_LINE).toString('latin1')) ?? [];
      if (method === undefined || path === undefined) return;
      requests.push({ atMs: Date.now(), method, path });
      isMeant = !('path' in chosen) || chosen.path === undefined || path.startsWith(chosen.path);
    };
    const answer = (text: string): void => {
      isAnswered = true;
      server.destroy();
      client.end(text);
    };

    client.on('data', (chunk) => {
      if (isFrozen() || isAnswered) return;
      look(chunk);
      if (isMeant && chosen.kind === 'portal') return answer(PORTAL);
      if (isMeant && chosen.kind === 'answer') return answer(answerOf(chosen.status, chosen.headers ?? {}, chosen.body ?? ''));
      if (isMeant && chosen.kind === 'swallow') return;
      if (chosen.kind === 'slow') return void trickle(client, server, chunk, chosen.bytesPerSecond);
      const allowed = chosen.kind === 'cut-after' ? chunk.subarray(0, Math.max(0, chosen.bytes - sent)) : chunk;
      sent += allowed.length;
      up += allowed.length;
      server.write(allowed, () => {
        if (allowed.length < chunk.length) cut();
      });
    });
    server.on('data', (chunk) => {
      if (isFrozen()) return;
      if (isMeant && chosen.kind === 'answers-lost') cut();
      else if (isMeant && chosen.kind === 'drip') void trickle(server, client, chunk, chosen.bytesPerSecond);
      else client.write(chunk);
    });
  }

  const server: Server = createServer(serve);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('proxy has no port');
  const { port } = address;
  const cutAll = (): void => sockets.forEach((socket) => socket.destroy());

  return {
    port,
    url: `http://127.0.0.1:${port}`,
    set(next) {
      line = next;
      if (next.kind !== 'frozen') cutAll();
    },
    bytesUp: () => up,
    requests: () => requests,
    async stop() {
      cutAll();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
