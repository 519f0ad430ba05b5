/**
 * An S3-compatible store that a test can take away: s3rver, which checks every signature, behind a gate that does what a real store
 * does and s3rver does not (a body that is not whole, or not the one that was signed, makes no object). With QMC_TEST_S3, a JSON of
 * endpoint, bucket, accessKeyId and secretAccessKey, the gate stands before that store instead and lets bodies through as they come.
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import S3rver from '@20minutes/s3rver';
import { type Bucket, connectBucket } from '../../server/scans/s3-bucket.ts';
import type { ScanPlace } from '../../server/scans/scan-place.ts';

type State = /** Connections are cut at once. */ 'down' | 'up';
type Call = { method: string; /** Behind the prefix. */ key: string };

export type S3Store = {
  place: Extract<ScanPlace, { bucket: unknown }>;
  /** A way of the test's own. */
  bucket: Bucket;
  set(state: State): void;
  /** Looks at every request; those for which it says so are never answered: `before` nothing of them is done, `after` all is. */
  hold(at: 'before' | 'after', matches: (call: Call) => boolean): { reached: Promise<void>; end(): void };
  /** Those for which it says so are refused, as by a store that is busy. */
  refuse(matches: (call: Call) => boolean): { end(): void };
  keys(prefix?: string): Promise<string[]>;
  stop(): Promise<void>;
};

type Given = { endpoint: string; bucket: string; accessKeyId: string; secretAccessKey: string };
type Behind = Given & { isStrict: boolean; stop(): Promise<void> };

async function behind(): Promise<Behind> {
  const given = process.env['QMC_TEST_S3'];
  if (given !== undefined) return { ...(JSON.parse(given) as Given), isStrict: true, stop: async () => undefined };
  const directory = await mkdtemp(join(tmpdir(), 'qmc-s3-'));
  const server = new S3rver({ address: '127.0.0.1', port: 0, silent: true, directory, configureBuckets: [{ name: 'ho-so' }] });
  const { port } = await server.run();
  return {
    ...{ endpoint: `http://127.0.0.1:${port}`, bucket: 'ho-so', accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER', isStrict: false },
    async stop() {
      server.httpServer.closeAllConnections();
      await server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

const refuse = (response: ServerResponse, status: number, code: string): void =>
  void response.writeHead(status, { 'content-type': 'application/xml' }).end(`<?xml version="1.0"?><Error><Code>${code}</Code></Error>`);

export async function startS3Store(): Promise<S3Store> {
  const store = await behind();
  const target = new URL(store.endpoint);
  const prefix = `thu-${randomBytes(4).toString('hex')}/`;
  const holds = new Set<{ at: 'before' | 'after'; matches: (call: Call) => boolean; reach: () => void }>();
  const refusals = new Set<(call: Call) => boolean>();
  let state: State = 'up';

  const isHeld = (at: 'before' | 'after', call: Call): boolean => {
    const held = [...holds].filter((hold) => hold.at === at && hold.matches(call));
    for (const { reach } of held) reach();
    return held.length > 0;
  };

  async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/', headers } = incoming;
    const call = { method, key: decodeURIComponent(url.split('?')[0] ?? '').split(prefix)[1] ?? '' };
    if ([...refusals].some((matches) => matches(call))) return refuse(response, 503, 'SlowDown');
    if (store.isStrict && isHeld('before', call)) return;
    const chunks: Buffer[] = [];
    const onward = (): ReturnType<typeof request> =>
      request({ hostname: target.hostname, port: target.port, method, path: url, headers, agent: false }, (answered) => {
        if (isHeld('after', call)) return void answered.resume();
        response.writeHead(answered.statusCode ?? 502, answered.headers);
        answered.on('error', () => response.destroy()).pipe(response);
      }).on('error', () => response.destroy());
    if (store.isStrict) {
      const sent = onward();
      incoming.on('close', () => incoming.complete || sent.destroy());
      incoming.on('error', () => sent.destroy()).pipe(sent);
      return;
    }
    try {
      for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
    } catch {
      return;
    }
    const body = Buffer.concat(chunks);
    if (createHash('sha256').update(body).digest('hex') !== headers['x-amz-content-sha256']) return refuse(response, 400, 'XAmzContentSHA256Mismatch');
    if (!isHeld('before', call)) onward().end(body);
  }

  const gate = createServer((incoming, response) => void answer(incoming, response).catch(() => response.destroy()));
  gate.on('connection', (socket) => state === 'down' && socket.destroy());
  await new Promise<void>((done) => gate.listen(0, '127.0.0.1', done));
  const endpoint = `http://127.0.0.1:${(gate.address() as AddressInfo).port}`;
  const { accessKeyId, secretAccessKey } = store;
  const settings = { endpoint, region: 'us-east-1', bucket: store.bucket, prefix, addressing: 'path' as const };
  const bucket = connectBucket(settings, { accessKeyId, secretAccessKey });

  return {
    place: { bucket: settings, credentials: { accessKeyId, secretAccessKey } },
    bucket,
    set(next) {
      state = next;
      if (state === 'down') gate.closeAllConnections();
    },
    hold(at, matches) {
      let reach = (): void => undefined;
      const reached = new Promise<void>((done) => {
        reach = done;
      });
      const hold = { at, matches, reach };
      holds.add(hold);
      return { reached, end: () => void holds.delete(hold) };
    },
    refuse(matches) {
      refusals.add(matches);
      return { end: () => void refusals.delete(matches) };
    },
    async keys(under = '') {
      const keys: string[] = [];
      for await (const { key } of bucket.list(under)) keys.push(key);
      return keys;
    },
    async stop() {
      gate.closeAllConnections();
      await new Promise((done) => gate.close(done));
      await store.stop();
    },
  };
}
