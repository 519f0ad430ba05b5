/** One open line to another device of the office: frames that were parsed, and an end that is noticed. */
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import { WebSocket } from 'ws';
import { MOST_FRAME_CHARACTERS, frameSchema, type Frame } from '../../shared/queue/frame.ts';
import { parseOrUndefined } from '../../shared/lib/json.ts';
import { fingerprintOf } from './hub-server.ts';
import type { OfficeIdentity } from './identity.ts';

const OPEN_MS = 5_000;
const PING_EVERY_MS = 2_000;
/** A line on which nothing came for so long is dead, whatever TCP thinks. */
const DEAD_AFTER_MS = 6_000;
/** Who does not read what it is sent is cut off, before it costs memory. */
const MOST_UNSENT_BYTES = 32 * 1024 * 1024;
/** Frames within `BURST_MS` beyond which a device is taken for broken. */
const MOST_FRAMES = 4_000;
const BURST_MS = 10_000;
const FORBIDDEN = 403;

export type Connection = { send(frame: Frame): void; close(): void };
type Handlers = { mostCharacters: number; onFrame(frame: Frame): void; onEnd(why: string): void };

export function serveConnection(socket: WebSocket, { mostCharacters, onFrame, onEnd }: Handlers): Connection {
  let heardAtMs = performance.now();
  let frames = 0;
  let burstAtMs = heardAtMs;
  let hasEnded = false;
  const end = (why: string): void => {
    if (hasEnded) return;
    hasEnded = true;
    clearInterval(pinging);
    socket.terminate();
    onEnd(why);
  };
  const pinging = setInterval(() => {
    if (performance.now() - heardAtMs > DEAD_AFTER_MS) return end('silent');
    if (socket.readyState === WebSocket.OPEN) socket.ping();
  }, PING_EVERY_MS);
  socket.on('pong', () => (heardAtMs = performance.now()));
  socket.on('ping', () => (heardAtMs = performance.now()));
  socket.on('error', () => end('error'));
  socket.on('close', () => end('closed'));
  socket.on('message', (data, isBinary) => {
    heardAtMs = performance.now();
    if (heardAtMs - burstAtMs > BURST_MS) [frames, burstAtMs] = [0, heardAtMs];
    if (++frames > MOST_FRAMES) return end('too many frames');
    const text = isBinary ? '' : String(data);
    if (isBinary || text.length > mostCharacters) return end('not a frame');
    const parsed = frameSchema.safeParse(parseOrUndefined(text));
    // A newer version may say more than this one knows; what it says else is still of use.
    if (parsed.success) onFrame(parsed.data);
  });
  return {
    send(frame) {
      if (socket.readyState !== WebSocket.OPEN) return;
      if (socket.bufferedAmount > MOST_UNSENT_BYTES) return end('does not read');
      socket.send(JSON.stringify(frame));
    },
    close: () => end('closed here'),
  };
}

/**
 * Resolves with the socket once the other side has proved to be who is expected (or is told apart by `memberId` where anyone may
 * answer); with `refused` when that very one lets this device in no further, with undefined when nobody answers.
 */
export function dial(
  address: string,
  path: string,
  identity: OfficeIdentity,
  expected: string | undefined,
): Promise<{ socket: WebSocket; memberId: string } | 'refused' | undefined> {
  return new Promise((done) => {
    let socket: WebSocket;
    try {
      socket = new WebSocket(`wss://${address}${path}`, {
        cert: identity.cert,
        key: identity.key,
        // The judgement is ours, by the fingerprint: no authority signs these certificates.
        rejectUnauthorized: false,
        perMessageDeflate: false,
        handshakeTimeout: OPEN_MS,
        maxPayload: MOST_FRAME_CHARACTERS.fromHolder,
      });
    } catch {
      return done(undefined);
    }
    let memberId: string | undefined;
    const isExpected = (response: IncomingMessage): boolean => {
      memberId = response.socket instanceof TLSSocket ? fingerprintOf(response.socket) : undefined;
      return memberId !== undefined && (expected === undefined || memberId === expected);
    };
    socket.on('upgrade', (response) => isExpected(response) || socket.terminate());
    socket.on('unexpected-response', (_request, response) => {
      done(response.statusCode === FORBIDDEN && isExpected(response) ? 'refused' : undefined);
      response.destroy();
    });
    socket.once('open', () => (memberId === undefined ? socket.terminate() : done({ socket, memberId })));
    const failed = (): void => done(undefined);
    socket.on('error', failed);
    socket.once('close', failed);
  });
}

/** `host`, `host:port`, with or without a scheme, as a person types it. Undefined when it is none of these. */
export function addressOf(typed: string, defaultPort: number): string | undefined {
  const plain = typed
    .trim()
    .replace(/^[a-z]+:\/\//iu, '')
    .replace(/\/.*$/u, '');
  const parts = /^(\[[0-9a-f:]+\]|[\p{L}\d.-]+)(?::(\d{1,5}))?$/iu.exec(plain);
  if (parts === null) return undefined;
  const port = Number(parts[2] ?? defaultPort);
  return port > 0 && port <= 65535 ? `${parts[1]}:${port}` : undefined;
}
