/** Owns which server may call itself the province: the certificate authorities everyone trusts, or the one certificate a closed network names. */
import { Agent, type AgentOptions } from 'node:https';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';

export type ProvinceTrust = {
  /** PEM of the province's certificate, or of the authority that signs it; no other authority is trusted then. */
  certificate?: string;
  /** SHA-256 of the certificate in hex, colons or not. It is the province's by this alone, whatever name it bears; it must not have expired. */
  pin?: string;
};

/** Someone answers who is not the province. */
export class NotTheProvince extends Error {}

/** A server that takes the connection and then says nothing holds no request, and no socket, longer than this. */
const HANDSHAKE_MS = 10_000;

const plainHex = (fingerprint: string): string => fingerprint.replaceAll(':', '').toLowerCase();

function faultOf(socket: TLSSocket, pin: string | undefined): string | undefined {
  if (pin === undefined) return socket.authorized ? undefined : String(socket.authorizationError);
  const { fingerprint256 = '', valid_from: validFrom, valid_to: validTo } = socket.getPeerCertificate();
  if (plainHex(fingerprint256) !== plainHex(pin)) return 'another certificate';
  const now = Date.now();
  return Date.parse(validFrom) <= now && now <= Date.parse(validTo) ? undefined : 'the certificate is not valid today';
}

/** Node types the options of `createConnection` as those of HTTP, although TLS's reach it. */
type AsyncConnect = (options: ConnectionOptions, connected: (error: Error | null, socket?: TLSSocket) => void) => undefined;

/** For every HTTPS request to the province, JSON and scans alike: not a byte is sent before the certificate is accepted. */
export function createProvinceAgent({ certificate, pin }: ProvinceTrust, options: AgentOptions = {}): Agent {
  const agent = new Agent({ keepAlive: true, ...options });
  const createConnection: AsyncConnect = (asked, connected) => {
    // The judgement is ours, below, so that a refusal has one form however TLS words it.
    const socket = connect({ ...asked, ...(certificate === undefined ? {} : { ca: certificate }), rejectUnauthorized: false });
    const failed = (error: Error): void => connected(error);
    socket.once('error', failed);
    const tooLate = setTimeout(() => socket.destroy(new Error('no TLS handshake')), HANDSHAKE_MS);
    socket.once('close', () => clearTimeout(tooLate));
    socket.once('secureConnect', () => {
      clearTimeout(tooLate);
      socket.off('error', failed);
      const fault = faultOf(socket, pin);
      if (fault === undefined) return connected(null, socket);
      socket.destroy();
      connected(new NotTheProvince(fault));
    });
    return undefined;
  };
  return Object.assign(agent, { createConnection });
}
