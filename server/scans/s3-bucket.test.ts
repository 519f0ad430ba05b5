import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { bucketSettingsSchema } from './bucket-settings.ts';
import { type Bucket, connectBucket, listedIn } from './s3-bucket.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function bucketOn(answer: (request: IncomingMessage, response: ServerResponse) => void, settings: object = {}): Promise<Bucket> {
  const listening = createServer(answer);
  server = listening;
  await new Promise<void>((done) => listening.listen(0, '127.0.0.1', done));
  const endpoint = `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
  return connectBucket(bucketSettingsSchema.parse({ endpoint, bucket: 'ho-so', prefix: 'tinh/', ...settings }), { accessKeyId: 'a', secretAccessKey: 'b' });
}

const contents = (key: string): string =>
  `<Contents><Key>${key}</Key><LastModified>2026-11-22T10:00:00.000Z</LastModified><ETag>&quot;x&quot;</ETag><Size>7</Size></Contents>`;
const listing = (keys: string[]): string => `<?xml version="1.0"?><ListBucketResult>${keys.map(contents).join('\n')}</ListBucketResult>`;
const refusal = (code: string): string => `<Error><Code>${code}</Code><Message>no</Message></Error>`;

describe('a bucket', () => {
  it('is listed to its end, page after page, without its prefix', async () => {
    const keys = Array.from({ length: 1_203 }, (_, index) => `incoming/${String(index).padStart(5, '0')}`);
    const asked: Array<string | null> = [];
    const bucket = await bucketOn((request, response) => {
      const query = new URL(request.url ?? '', 'http://x').searchParams;
      const after = query.get('start-after');
      asked.push(after);
      expect(query.get('prefix')).toBe('tinh/incoming/');
      const all = keys.map((key) => `tinh/${key}`).filter((key) => after === null || key > after);
      response.end(listing(all.slice(0, Number(query.get('max-keys')))));
    });
    const found: string[] = [];
    for await (const { key, bytes } of bucket.list('incoming/')) found.push(`${key} ${bytes}`);
    expect(found).toEqual(keys.map((key) => `${key} 7`));
    expect(asked).toEqual([null, 'tinh/incoming/00999']);
  });

  it('is asked again while it is busy, and not when it refuses', async () => {
    let asked = 0;
    const bucket = await bucketOn((request, response) => {
      asked += 1;
      request.resume();
      if (request.url?.includes('busy-once') === true && asked > 1) response.end();
      else response.writeHead(request.url?.includes('busy') === true ? 503 : 403).end(refusal('SlowDown'));
    });
    await bucket.put('busy-once', Buffer.from('x'));
    expect(asked).toBe(2);
    asked = 0;
    await expect(bucket.put('busy', Buffer.from('x'))).rejects.toMatchObject({ status: 503, cause: { code: 'SlowDown' } });
    expect(asked).toBe(3);
    asked = 0;
    await expect(bucket.get('refused')).rejects.toMatchObject({ status: 503, kind: 'unavailable' });
    expect(asked).toBe(1);
  });

  it('that is gone is not an object that is gone', async () => {
    const bucket = await bucketOn((request, response) =>
      response.writeHead(404).end(refusal(request.url?.endsWith('object') === true ? 'NoSuchKey' : 'NoSuchBucket')),
    );
    expect(await bucket.get('object')).toBeUndefined();
    await expect(bucket.get('other')).rejects.toMatchObject({ status: 503 });
  });

  it('has its name in the path, and its prefix before every key', async () => {
    let seen: string | undefined;
    const bucket = await bucketOn((request, response) => {
      seen = `${request.headers.host?.split(':')[0]}${request.url}`;
      response.end('text');
    });
    expect(await bucket.text('content/ab')).toBe('text');
    expect(seen).toBe('127.0.0.1/ho-so/tinh/content/ab');
  });
});

it('a listing that is not understood names nothing', () => {
  expect(listedIn('<html>')).toEqual([]);
  expect(listedIn('<Contents><Key>a</Key></Contents>')).toEqual([]);
});
