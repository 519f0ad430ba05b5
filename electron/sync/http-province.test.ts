import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { JournalEntry } from '../../shared/journal/operation.ts';
import { paths, type JournalRequest } from '../../shared/sync/protocol.ts';
import { createHttpProvince } from './http-province.ts';

const HASH = '0'.repeat(64);

/** Answers tokens at once, and what is pushed when the test says so. */
async function openProvince() {
  const waiting: ServerResponse[] = [];
  let pushes = 0;
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      if (request.url === paths.token) return void response.end(JSON.stringify({ token: 't', expiresInS: 600 }));
      pushes += 1;
      waiting.push(response);
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const province = createHttpProvince({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    deviceKey: privateKey,
    identity: () => ({
      deviceId: randomUUID(),
      instance: 1,
      officeId: 'xa',
      agencyCode: 'H36',
      epoch: 1,
      serverKey: { kty: 'EC', crv: 'P-256', x: '', y: '' },
    }),
    about: { journalId: randomUUID(), deviceName: 'Quầy', appVersion: '1' },
    clock: Date.now,
  });
  return {
    province,
    pushes: () => pushes,
    answer: (status: number) =>
      waiting
        .shift()
        ?.writeHead(status)
        .end(JSON.stringify(status === 200 ? { epoch: 1, head: { seq: 1, hash: HASH }, results: [] } : {})),
    close: () => (server.closeAllConnections(), server.close()),
  };
}

const requestOf = (seq: number): JournalRequest => {
  const entry: JournalEntry = {
    ...{ seq, operationId: randomUUID(), atMs: 1, monotonicMs: 1, operatorId: 'lan', previousHash: HASH, hash: HASH },
    operation: { type: 'keys.rotated', keyId: '1' },
  };
  return { journalId: randomUUID(), entries: [entry] };
};

describe('pushing entries', () => {
  let opened: Awaited<ReturnType<typeof openProvince>> | undefined;
  afterEach(() => opened?.close());

  it('has two batches on the line at most, and the third goes when the first is answered', async () => {
    const { province, pushes, answer } = (opened = await openProvince());
    const pushing = [1, 2, 3].map((seq) => province.push(requestOf(seq)));
    await expect.poll(pushes).toBe(2);
    await new Promise((done) => setTimeout(done, 50));
    expect(pushes()).toBe(2);
    answer(200);
    await expect.poll(pushes).toBe(3);
    answer(200);
    answer(200);
    expect((await Promise.all(pushing)).every(({ ok }) => ok)).toBe(true);
  });

  it('does not send what builds on a batch that failed, and sends again afterwards', async () => {
    const { province, pushes, answer } = (opened = await openProvince());
    const pushing = [1, 2, 3].map((seq) => province.push(requestOf(seq)));
    await expect.poll(pushes).toBe(2);
    answer(503);
    answer(200);
    expect((await Promise.all(pushing)).map(({ ok }) => ok)).toEqual([false, true, false]);
    expect(pushes()).toBe(2);
    const again = province.push(requestOf(4));
    await expect.poll(pushes).toBe(3);
    answer(200);
    expect((await again).ok).toBe(true);
  });
});
