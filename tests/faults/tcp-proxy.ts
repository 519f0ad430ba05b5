/** The line between a counter and its province, as a TCP proxy that a test can cut in every way a real line is cut. */
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export type Line =
  | { kind: 'up' }
  /** Nobody listens: connections are refused at once. */
  | { kind: 'down' }
  /** Connections open and nothing ever comes back (half-open socket). */
  | { kind: 'silent' }
  /** Requests arrive, answers are lost: the connection is cut as the first byte of an answer comes. */
  | { kind: 'answers-lost' }
  /** Every connection is cut after this many bytes from the counter. */
  | { kind: 'cut-after'; bytes: number }
  /** A poor line: what the counter sends goes through at this speed, answers at once. */
  | { kind: 'slow'; bytesPerSecond: number }
  /** Somebody else answers: a captive portal's page. */
  | { kind: 'portal' };

export type TcpProxy = {
  readonly port: number;
  readonly url: string;
  /** Applies to new connections; those under way are cut when the kind changes. */
  set(line: Line): void;
  /** Bytes from the counter since the start. */
  bytesUp(): number;
  stop(): Promise<void>;
};

const SLOW_STEP_MS = 50;

const PORTAL_PAGE = '<!doctype html><title>WiFi</title><p>Please sign in</p>';
const PORTAL = `HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: ${PORTAL_PAGE.length}\r\nconnection: close\r\n\r\n${PORTAL_PAGE}`;

export async function startTcpProxy(target: { host: string; port: number }): Promise<TcpProxy> {
  let line: Line = { kind: 'up' };
  let up = 0;
  const sockets = new Set<Socket>();

  function serve(client: Socket): void {
    sockets.add(client);
    client.on('close', () => sockets.delete(client));
    client.on('error', () => client.destroy());
    if (line.kind === 'down') return void client.resetAndDestroy();
    if (line.kind === 'silent') return void client.resume();
    if (line.kind === 'portal') return void client.once('data', () => client.end(PORTAL));
    forward(client, line);
  }

  function forward(client: Socket, chosen: Line): void {
    const server = connect(target.port, target.host);
    sockets.add(server);
    let sent = 0;
    const cut = (): void => {
      client.resetAndDestroy();
      server.destroy();
    };
    server.on('error', cut);
    server.on('close', () => {
      sockets.delete(server);
      client.end();
    });
    client.on('close', () => server.end());
    const trickle = async (chunk: Buffer, bytesPerSecond: number): Promise<void> => {
      client.pause();
      const step = Math.max(1, Math.round((bytesPerSecond * SLOW_STEP_MS) / 1000));
      for (let at = 0; at < chunk.length && !client.destroyed; at += step) {
        const piece = chunk.subarray(at, at + step);
        up += piece.length;
        server.write(piece);
        await sleep(SLOW_STEP_MS);
      }
      client.resume();
    };
    client.on('data', (chunk) => {
      if (chosen.kind === 'slow') return void trickle(chunk, chosen.bytesPerSecond);
      const allowed = chosen.kind === 'cut-after' ? chunk.subarray(0, Math.max(0, chosen.bytes - sent)) : chunk;
      sent += allowed.length;
      up += allowed.length;
      server.write(allowed, () => {
        if (allowed.length < chunk.length) cut();
      });
    });
    server.on('data', (chunk) => {
      if (chosen.kind === 'answers-lost') cut();
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
      cutAll();
    },
    bytesUp: () => up,
    async stop() {
      cutAll();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
