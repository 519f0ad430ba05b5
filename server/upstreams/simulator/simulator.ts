/** The specialised systems, simulated: one HTTP server that speaks every contract and fails in the ways the real ones do. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { unreachable } from '../../../shared/lib/result.ts';
import { upstreamNames, upstreamNameSchema, type UpstreamName } from '../../../shared/upstreams/upstream.ts';
import type { PublicJwk } from '../../db/database.ts';
import { systems, type Effect, type Memory, type Said } from './systems.ts';

export const modeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('working') }),
  /** Connections are cut before anything is read. */
  z.object({ kind: z.literal('down') }),
  /** Does what it is asked, and answers after a while. */
  z.object({ kind: z.literal('slow'), ms: z.int().min(0).max(600_000) }),
  /** Does what it is asked, and answers a byte a second. */
  z.object({ kind: z.literal('drip') }),
  z.object({ kind: z.literal('error') }),
  z.object({ kind: z.literal('busy'), retryAfterS: z.int().min(0).max(86_400) }),
  /** Status 200 with a page instead of the answer, as a proxy gives. */
  z.object({ kind: z.literal('wrong-json') }),
  /** Does what it is asked; the answer never arrives. */
  z.object({ kind: z.literal('answers-lost') }),
]);
export type Mode = z.infer<typeof modeSchema>;

export type SimulatedSystem = {
  mode: Mode;
  /** Requests heard, in any mode. */
  requests: number;
  readonly effects: readonly Effect[];
  /** By dossier code (VNeID: by identity number), with the field it blames. */
  refuses: Map<string, string>;
  /** Dossier codes that make it answer 500. */
  failsOn: Set<string>;
  resultAfterMs: number;
};

export type Simulator = {
  url: string;
  secret: string;
  system(name: UpstreamName): SimulatedSystem;
  /** For the province's settings: where each system is. */
  settings(): Record<UpstreamName, { url: string; secret: string }>;
  /** From now on only what this province signed is taken where a signature is asked for. */
  trust(provinceKey: PublicJwk): void;
  stop(): Promise<void>;
};

const SECRET = 'simulated';
const MAX_BODY_BYTES = 64 * 1024 * 1024;

/** Listens on loopback. `PUT /_simulator/<system>` with a mode as JSON sets how it behaves. */
export async function startSimulator({ port = 0, resultAfterMs = 3_000 }: { port?: number; resultAfterMs?: number } = {}): Promise<Simulator> {
  let trusted: PublicJwk | undefined;
  const world = { secret: SECRET, provinceKey: () => trusted };
  type State = Memory & { mode: Mode; requests: number };
  const states = new Map<UpstreamName, State>(
    upstreamNames.map((name) => [
      name,
      { mode: { kind: 'working' }, requests: 0, effects: [], records: new Map(), refuses: new Map(), failsOn: new Set(), resultAfterMs },
    ]),
  );
  const stateOf = (name: UpstreamName): State => states.get(name) as State;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://simulator');
    const [, first = '', second = ''] = url.pathname.split('/');
    if (first === '_simulator') return control(request, response, second);
    const name = upstreamNameSchema.safeParse(first);
    if (!name.success) return say(response, { status: 404 });
    const state = stateOf(name.data);
    state.requests += 1;
    const { mode } = state;
    if (mode.kind === 'down') return void request.socket.destroy();
    const body = await bodyOf(request);
    if (mode.kind === 'error') return say(response, { status: 500, body: { message: 'out of order' } });
    if (mode.kind === 'busy') {
      response.setHeader('retry-after', String(mode.retryAfterS));
      return say(response, { status: 503 });
    }
    if (mode.kind === 'wrong-json') {
      response.writeHead(200, { 'content-type': 'text/html' });
      return void response.end('<html><body>Sign in</body></html>');
    }
    const headers = Object.fromEntries(Object.entries(request.headers).map(([key, value]) => [key, Array.isArray(value) ? value.join() : value]));
    const heard = { method: request.method ?? 'GET', path: url.pathname.slice(first.length + 1), query: url.searchParams, headers, body };
    const said = await systems[name.data](heard, state, world);
    switch (mode.kind) {
      case 'working':
        return say(response, said);
      case 'slow':
        await sleep(mode.ms);
        return say(response, said);
      case 'answers-lost':
        return void request.socket.destroy();
      case 'drip':
        return drip(response, said);
      default:
        return unreachable(mode);
    }
  }

  async function control(request: IncomingMessage, response: ServerResponse, system: string): Promise<void> {
    const name = upstreamNameSchema.safeParse(system);
    const mode = modeSchema.safeParse(JSON.parse((await bodyOf(request)).toString('utf8')));
    if (request.method !== 'PUT' || !name.success || !mode.success) return say(response, { status: 400 });
    stateOf(name.data).mode = mode.data;
    say(response, { status: 204 });
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => request.socket.destroy());
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url,
    secret: SECRET,
    system: stateOf,
    settings: () =>
      Object.fromEntries(upstreamNames.map((name) => [name, { url: `${url}/${name}`, secret: SECRET }])) as Record<
        UpstreamName,
        { url: string; secret: string }
      >,
    trust(provinceKey) {
      trusted = provinceKey;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.byteLength;
    if (size > MAX_BODY_BYTES) throw new Error('body too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function say(response: ServerResponse, { status, body }: Said): void {
  if (body === undefined) return void response.writeHead(status).end();
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

async function drip(response: ServerResponse, { status, body }: Said): Promise<void> {
  response.writeHead(status, { 'content-type': 'application/json' });
  for (const character of JSON.stringify(body ?? {})) {
    if (response.destroyed) return;
    response.write(character);
    await sleep(1_000);
  }
  response.end();
}
