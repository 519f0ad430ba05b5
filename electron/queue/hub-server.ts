/** Where the office's devices reach one that may hold the queue: WebSocket over TLS, both sides known by their certificates. */
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';
import { WebSocketServer, type WebSocket } from 'ws';
import { MOST_FRAME_CHARACTERS } from '../../shared/queue/frame.ts';
import { memberIdOf, type OfficeIdentity } from './identity.ts';

export const MEMBER_PATH = '/queue';
export const PAIRING_PATH = '/pair';
/** A device that says nothing holds no socket longer than this. */
const HANDSHAKE_MS = 8_000;
const MOST_CONNECTIONS = 200;
const MOST_PAIRING_BYTES = 8_192;

export type HubServer = { port: number; stop(): Promise<void> };
type Options = {
  identity: OfficeIdentity;
  port: number;
  /** Whether the certificate is of a device of this office; asked before a frame is read. */
  isKnown(memberId: string): boolean;
  isPairing(): boolean;
  onMember(memberId: string, socket: WebSocket): void;
  onPairing(memberId: string, socket: WebSocket, host: string): void;
};

/** Rejects with the system's error where the port is taken. */
export async function startHubServer({ identity, port, isKnown, isPairing, onMember, onPairing }: Options): Promise<HubServer> {
  const server = createServer({
    cert: identity.cert,
    key: identity.key,
    requestCert: true,
    // Certificates are signed by nobody: each is known by its fingerprint, below, or not at all.
    rejectUnauthorized: false,
    minVersion: 'TLSv1.2',
    handshakeTimeout: HANDSHAKE_MS,
    headersTimeout: HANDSHAKE_MS,
    requestTimeout: HANDSHAKE_MS,
  });
  server.maxConnections = MOST_CONNECTIONS;
  const members = new WebSocketServer({ noServer: true, maxPayload: MOST_FRAME_CHARACTERS.fromHolder, perMessageDeflate: false });
  const newcomers = new WebSocketServer({ noServer: true, maxPayload: MOST_PAIRING_BYTES, perMessageDeflate: false });
  server.on('request', (_request, response) => response.writeHead(404).end());
  server.on('tlsClientError', () => undefined);
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    const memberId = socket instanceof TLSSocket ? fingerprintOf(socket) : undefined;
    if (memberId === undefined) return socket.destroy();
    if (request.url === MEMBER_PATH && isKnown(memberId)) return members.handleUpgrade(request, socket, head, (open) => onMember(memberId, open));
    if (request.url === PAIRING_PATH && isPairing()) {
      return newcomers.handleUpgrade(request, socket, head, (open) => onPairing(memberId, open, hostOf(request.socket.remoteAddress)));
    }
    socket.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\n');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      for (const { clients } of [members, newcomers]) for (const client of clients) client.terminate();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Of the certificate the other side has proved to own; undefined when it showed none. */
export function fingerprintOf(socket: TLSSocket): string | undefined {
  const { fingerprint256 } = socket.getPeerCertificate();
  return typeof fingerprint256 === 'string' ? memberIdOf(fingerprint256) : undefined;
}

const hostOf = (address = ''): string => {
  const plain = address.replace(/^::ffff:/u, '');
  return plain.includes(':') ? `[${plain}]` : plain;
};
