import { describe, expect, it } from 'vitest';
import type { JournalEntry } from '../journal/operation.ts';
import { deferred } from '../lib/deferred.ts';
import { ok, type Result } from '../lib/result.ts';
import { createSyncEngine, IDLE_MS, type Province, type ProvinceFailure, type SyncPorts } from './engine.ts';
import { emptyMemory, type SyncMemory } from './memory.ts';
import type { EntryAnswer } from './protocol.ts';

const HASH = 'a'.repeat(64);
const SCAN = 'b'.repeat(64);

function entry(seq: number, scans: string[] = []): JournalEntry {
  const dossier = { dossierId: `dossier-${seq}`, code: `H99-${seq}`, papers: [{ pages: scans.map((sha256) => ({ sha256 })) }] };
  return {
    seq,
    operationId: `op-${seq}`,
    atMs: 1,
    monotonicMs: 1,
    operatorId: 'o',
    previousHash: HASH,
    hash: HASH,
    operation: { type: 'dossier.accepted', dossier, number: { leaseId: 'l', order: seq } },
  } as unknown as JournalEntry;
}

/** A province that holds what it was given, and can be told to fail. */
function world(entries: JournalEntry[], memory: SyncMemory = emptyMemory) {
  const held = new Map<string, string[]>();
  const verified = new Set<string>();
  const calls: string[] = [];
  const control = {
    failure: undefined as ProvinceFailure | undefined,
    answer: (_: JournalEntry): EntryAnswer['status'] => 'applied',
    isEnrolled: true,
    code: undefined as string | undefined,
    headSeq: 0,
    epoch: 1,
    isLeaving: false,
    reason: 'code-taken',
    isOpen: true,
    nowMs: 1000,
    /** Awaited before a scan's upload is answered. */
    whileUploading: (_: string): Promise<ProvinceFailure | undefined> => Promise.resolve(undefined),
    largestPush: Infinity,
  };
  let saved = memory;
  const guard = <T>(name: string, value: () => T): Promise<Result<T, ProvinceFailure>> => {
    calls.push(name);
    return Promise.resolve(control.failure === undefined ? ok(value()) : { ok: false, failure: control.failure });
  };
  const province: Province = {
    hello: () => guard('hello', () => ({ epoch: 1 })),
    enrol: () =>
      guard('enrol', () => ({
        deviceId: 'd',
        instance: 1,
        officeId: 'o',
        agencyCode: 'H',
        epoch: 1,
        serverKey: { kty: 'EC' as const, crv: 'P-256' as const, x: '', y: '' },
        lease: { leaseId: 'l', from: 1, to: 10, validFrom: '2026-01-01', validTo: '2027-01-01', epoch: 1 },
      })),
    push: (request) =>
      request.entries.length > control.largestPush
        ? Promise.resolve({ ok: false, failure: { kind: 'refused', reason: 'too-large' } })
        : guard('push', () => {
            // An entry behind a gap gets no answer.
            if ((request.entries[0]?.seq ?? 0) > control.headSeq + 1) return { epoch: control.epoch, head: { seq: control.headSeq, hash: HASH }, results: [] };
            const results = (request.entries as JournalEntry[]).map((one): EntryAnswer => {
              const status = control.answer(one);
              if (status === 'applied' && one.operation.type === 'dossier.accepted')
                held.set(
                  one.operation.dossier.dossierId,
                  one.operation.dossier.papers.flatMap(({ pages }) => pages.map(({ sha256 }) => sha256)),
                );
              return { operationId: one.operationId, seq: one.seq, status, ...(status === 'rejected' ? { reason: control.reason } : {}) };
            });
            control.headSeq = Math.max(
              control.headSeq,
              ...request.entries.flatMap((one) => (control.answer(one as JournalEntry) === 'needs-newer-app' ? [] : one.seq)),
            );
            return { epoch: control.epoch, head: { seq: control.headSeq, hash: HASH }, results };
          }),
    status: ({ dossierIds }) =>
      guard('status', () => ({
        epoch: control.epoch,
        head: { seq: control.headSeq, hash: HASH },
        dossiers: dossierIds.flatMap((dossierId) => {
          const scans = held.get(dossierId);
          return scans === undefined
            ? []
            : [
                {
                  dossierId,
                  scansExpected: scans.length,
                  scansVerified: scans.filter((scan) => verified.has(scan)).length,
                  confirmed: scans.every((scan) => verified.has(scan)),
                },
              ];
        }),
        verifiedScans: [...verified],
        ...(control.isLeaving ? { destroy: { deviceId: 'd', signature: '' } } : {}),
      })),
    leaseNumbers: () => guard('numbers', () => ({ lease: { leaseId: 'm', from: 11, to: 20, validFrom: '2026-01-01', validTo: '2027-01-01', epoch: 1 } })),
  };
  const ports: SyncPorts = {
    province,
    scans: {
      sizeOf: () => Promise.resolve(1),
      isOpen: () => control.isOpen,
      async upload(sha256) {
        const failure = await control.whileUploading(sha256);
        if (failure !== undefined) {
          calls.push(`no scan ${sha256.slice(0, 1)}`);
          return { ok: false, failure };
        }
        return guard(`scan ${sha256.slice(0, 1)}`, () => {
          verified.add(sha256);
          return null;
        });
      },
    },
    outbox: { head: () => ({ journalId: 'j', seq: entries.length, hash: HASH }), read: (after, limit) => Promise.resolve(entries.slice(after, after + limit)) },
    clock: () => control.nowMs,
    random: () => 0.5,
    memory: {
      load: () => Promise.resolve(saved),
      save: (next) => {
        saved = next;
        return Promise.resolve();
      },
    },
    enrolment: {
      isEnrolled: () => control.isEnrolled,
      code: () => control.code,
      record: () => {
        control.isEnrolled = true;
        return Promise.resolve();
      },
      renew: (code) => guard(`renew ${code}`, () => null),
      forsakeNumbers: () => {
        calls.push('forsake numbers');
        return Promise.resolve();
      },
    },
    destroyKeys: () => {
      calls.push('destroy keys');
      return Promise.resolve();
    },
    numbers: { isHalfUsed: () => false, record: () => Promise.resolve() },
    onChange: () => undefined,
  };
  return { ports, control, calls, verified, held };
}

describe('sync engine', () => {
  it('delivers entries, then scans, and forgets a dossier only when its scans are verified', async () => {
    const { ports, verified } = world([entry(1, [SCAN]), entry(2)]);
    const engine = await createSyncEngine(ports);
    expect(await engine.cycle()).toBe(IDLE_MS);
    expect(verified).toEqual(new Set([SCAN]));
    expect(engine.memory()).toEqual({ ...emptyMemory, epoch: 1, acknowledgedSeq: 2 });
    expect(engine.connection()).toEqual({ status: 'online', sinceMs: 1000 });
  });

  it('delivers and confirms a new dossier beside a scan that takes for ever', async () => {
    const entries = [entry(1, [SCAN])];
    const { ports, control, held } = world(entries);
    const uploaded = deferred<undefined>();
    control.whileUploading = (sha256) => (sha256 === SCAN ? uploaded.promise : Promise.resolve(undefined));
    const engine = await createSyncEngine(ports);
    const pass = engine.cycle();
    await expect.poll(() => engine.memory().unconfirmed).toEqual({ 'dossier-1': [SCAN] });
    const small = 'c'.repeat(64);
    entries.push(entry(2), entry(3, [small]));
    engine.notice();
    await expect.poll(() => [...held.keys()]).toEqual(['dossier-1', 'dossier-2', 'dossier-3']);
    await expect.poll(() => engine.memory().unconfirmed).toEqual({ 'dossier-1': [SCAN] });
    uploaded.resolve(undefined);
    expect(await pass).toBe(IDLE_MS);
    expect(engine.memory().unconfirmed).toEqual({});
  });

  it('sends the others when one scan fails again and again, and stays online while the province answers', async () => {
    const others = ['c', 'd', 'e', 'f'].map((digit) => digit.repeat(64));
    const { ports, control, verified } = world([entry(1, [SCAN, ...others])]);
    control.whileUploading = (sha256) => Promise.resolve(sha256 === SCAN ? { kind: 'unreachable' } : undefined);
    const engine = await createSyncEngine(ports);
    expect(await engine.cycle()).toBe(IDLE_MS);
    expect(verified).toEqual(new Set(others));
    expect(engine.connection().status).toBe('online');
    control.whileUploading = () => Promise.resolve(undefined);
    control.nowMs += 500;
    await engine.cycle();
    expect(engine.memory().unconfirmed).toEqual({});
  });

  it('tries no further scans when one after the other fails', async () => {
    const scans = ['b', 'c', 'd', 'e', 'f'].map((digit) => digit.repeat(64));
    const { ports, control, calls } = world([entry(1, scans)]);
    control.whileUploading = () => Promise.resolve({ kind: 'busy' });
    await (await createSyncEngine(ports)).cycle();
    expect(calls.filter((call) => call.startsWith('no scan')).length).toBeLessThanOrEqual(4);
  });

  it('says which scan the province will not have, and takes the word back when it has it', async () => {
    const { ports, control } = world([entry(1, [SCAN])]);
    control.whileUploading = () => Promise.resolve({ kind: 'refused', reason: 'wrong-media-type' });
    const engine = await createSyncEngine(ports);
    await engine.cycle();
    expect(engine.memory().scanProblems).toEqual({ [SCAN]: 'wrong-media-type' });
    control.whileUploading = () => Promise.resolve(undefined);
    engine.hurry();
    await engine.cycle();
    expect(engine.memory().scanProblems).toEqual({});
  });

  it('sends no scans outside their hours, and does not call that a failure', async () => {
    const { ports, control, verified } = world([entry(1, [SCAN])]);
    control.isOpen = false;
    const engine = await createSyncEngine(ports);
    expect(await engine.cycle()).toBe(IDLE_MS);
    expect(engine.connection().status).toBe('online');
    expect(verified.size).toBe(0);
    control.isOpen = true;
    control.whileUploading = () => {
      control.isOpen = false;
      return Promise.resolve({ kind: 'busy' });
    };
    expect(await engine.cycle()).toBe(IDLE_MS);
    expect(engine.connection().status).toBe('online');
  });

  it('parks a refused entry and delivers the others', async () => {
    const { ports, control, held } = world([entry(1), entry(2), entry(3)]);
    control.answer = ({ seq }) => (seq === 2 ? 'rejected' : 'applied');
    const engine = await createSyncEngine(ports);
    await engine.cycle();
    expect([...held.keys()]).toEqual(['dossier-1', 'dossier-3']);
    expect(engine.memory().rejected).toMatchObject([{ dossierId: 'dossier-2', code: 'H99-2', reason: 'code-taken' }]);
  });

  it('goes offline with a growing wait and honours Retry-After', async () => {
    const { ports, control } = world([entry(1)]);
    const engine = await createSyncEngine(ports);
    control.failure = { kind: 'unreachable' };
    expect([await engine.cycle(), await engine.cycle(), await engine.cycle()]).toEqual([500, 1000, 2000]);
    control.failure = { kind: 'busy', retryAfterMs: 8000 };
    // Never sooner, and not all in the same second.
    expect(await engine.cycle()).toBe(9000);
    expect(engine.connection()).toMatchObject({ status: 'offline', sinceMs: 1000, reason: 'busy' });
    control.failure = undefined;
    control.nowMs += 8_999;
    expect(await engine.cycle()).toBe(1);
    expect(engine.connection()).toMatchObject({ status: 'offline', reason: 'busy' });
    control.nowMs += 1;
    expect(await engine.cycle()).toBe(IDLE_MS);
    expect(engine.connection().status).toBe('online');
  });

  it('does not make a person wait for what the province has asked for', async () => {
    const { ports, control } = world([entry(1)]);
    const engine = await createSyncEngine(ports);
    control.failure = { kind: 'busy', retryAfterMs: 60_000 };
    await engine.cycle();
    control.failure = undefined;
    engine.hurry();
    expect(await engine.cycle()).toBe(IDLE_MS);
  });

  it('offers less at once where a whole batch does not get across, and all again where it does', async () => {
    const { ports, control, calls, held } = world(Array.from({ length: 450 }, (_, at) => entry(at + 1)));
    control.largestPush = 50;
    const engine = await createSyncEngine(ports);
    expect(await engine.cycle()).toBe(IDLE_MS);
    expect(held.size).toBe(450);
    expect(calls.filter((call) => call === 'push').length).toBeLessThan(20);
    const stuck = world([entry(1)]);
    stuck.control.largestPush = 0;
    const other = await createSyncEngine(stuck.ports);
    await other.cycle();
    expect(other.connection()).toMatchObject({ status: 'offline', reason: 'refused' });
  });

  it('hands over two batches more while the province works on one, and again what overtook it', async () => {
    const { ports, control, held } = world(Array.from({ length: 60 }, (_, at) => entry(at + 1)));
    const { push } = ports.province;
    const asked: number[] = [];
    let underWay = 0;
    let most = 0;
    ports.province.push = async (request) => {
      const first = request.entries[0]?.seq ?? 0;
      asked.push(first);
      most = Math.max(most, ++underWay);
      await new Promise((done) => setTimeout(done));
      // One of them arrives before the one it builds on.
      const isEarly = first === 25 && asked.filter((seq) => seq === first).length === 1;
      const answer: Awaited<ReturnType<typeof push>> = isEarly
        ? { ok: true, value: { epoch: 1, head: { seq: 14, hash: HASH }, results: [] } }
        : await push(request);
      underWay -= 1;
      return answer;
    };
    const engine = await createSyncEngine({ ...ports, batch: 10 });
    expect(await engine.cycle()).toBe(IDLE_MS);
    expect(held.size).toBe(60);
    expect(engine.memory()).toMatchObject({ acknowledgedSeq: 60, rejected: [] });
    expect(engine.memory().quarantine).toBeUndefined();
    expect(most).toBe(3);
    expect(asked).toEqual([1, 5, 15, 25, 35, 45, 25, 35, 45, 55]);
    expect(control.headSeq).toBe(60);
  });

  it('a page that only looks like the province stays offline', async () => {
    const { ports, control, calls } = world([entry(1)]);
    control.failure = { kind: 'not-the-province' };
    const engine = await createSyncEngine(ports);
    await engine.cycle();
    expect(calls).toEqual(['hello']);
    expect(engine.connection()).toMatchObject({ status: 'offline', reason: 'not-the-province' });
  });

  it('offers again what a province restored from a backup has lost', async () => {
    const { ports, control, held } = world([entry(1), entry(2)]);
    const engine = await createSyncEngine(ports);
    await engine.cycle();
    held.delete('dossier-2');
    control.headSeq = 1;
    expect(await engine.cycle()).toBe(0);
    await engine.cycle();
    expect([...held.keys()]).toEqual(['dossier-1', 'dossier-2']);
  });

  it('offers again at once when a new entry meets a province that was restored', async () => {
    const entries = [entry(1), entry(2)];
    const { ports, control, held } = world(entries);
    const engine = await createSyncEngine(ports);
    await engine.cycle();
    held.delete('dossier-2');
    control.headSeq = 1;
    control.epoch = 2;
    entries.push(entry(3));
    expect(await engine.cycle()).toBe(IDLE_MS);
    expect([...held.keys()]).toEqual(['dossier-1', 'dossier-2', 'dossier-3']);
    expect(engine.memory()).toMatchObject({ epoch: 2, acknowledgedSeq: 3, unconfirmed: {} });
    expect(engine.memory().recheck).toBeUndefined();
  });

  it('stops giving out numbers and sending when its journal was copied, and begins another with a new code', async () => {
    const { ports, control, calls } = world([entry(1)]);
    control.answer = () => 'rejected';
    control.reason = 'journal-forked';
    const engine = await createSyncEngine(ports);
    await engine.cycle();
    expect(engine.connection()).toMatchObject({ status: 'quarantined', reason: 'forked' });
    expect(calls).toEqual(['hello', 'push', 'forsake numbers']);
    control.code = 'NEW-CODE';
    await engine.cycle();
    expect(calls.slice(3)).toEqual(['hello', 'renew NEW-CODE']);
  });

  it('stops when the province holds more of its journal than it has ever written', async () => {
    const { ports, control } = world([entry(1)]);
    const engine = await createSyncEngine(ports);
    await engine.cycle();
    control.headSeq = 7;
    await engine.cycle();
    expect(engine.connection()).toMatchObject({ status: 'quarantined', reason: 'set-back' });
  });

  it('waits for an update, online, while the province takes only newer apps', async () => {
    const { ports, control } = world([entry(1)]);
    control.answer = () => 'needs-newer-app';
    const engine = await createSyncEngine(ports);
    expect(await engine.cycle()).toBe(IDLE_MS);
    expect(engine.connection().status).toBe('online');
    expect(engine.memory()).toMatchObject({ acknowledgedSeq: 0, needsNewerApp: true });
    control.answer = () => 'applied';
    await engine.cycle();
    expect(engine.memory()).toMatchObject({ acknowledgedSeq: 1, needsNewerApp: false });
  });

  it('offers what is parked again: what damage did by itself, the rest when the officer says so', async () => {
    const { ports, control, calls } = world([entry(1)]);
    control.answer = () => 'rejected';
    const engine = await createSyncEngine(ports);
    await engine.cycle();
    control.answer = () => 'applied';
    await engine.cycle();
    expect(engine.memory().rejected).toMatchObject([{ reason: 'code-taken', tries: 0 }]);
    expect(calls.filter((call) => call === 'push')).toHaveLength(1);
    const asked = engine.offerAgain();
    await engine.cycle();
    await asked;
    expect(engine.memory().rejected).toEqual([]);
  });

  it('stops when the province has revoked it', async () => {
    const { ports, control, calls } = world([entry(1)]);
    const engine = await createSyncEngine(ports);
    control.failure = { kind: 'refused', reason: 'device-revoked' };
    await engine.cycle();
    expect(calls).not.toContain('destroy keys');
    control.failure = { kind: 'refused', reason: 'device-revoked', destroys: true };
    await engine.cycle();
    expect(calls.at(-1)).toBe('destroy keys');
    expect(engine.connection()).toEqual({ status: 'revoked', sinceMs: 1000 });
  });

  it('destroys its keys on order only when everything has been delivered', async () => {
    const { ports, control, calls } = world([entry(1), entry(2)]);
    control.isLeaving = true;
    control.answer = ({ seq }) => (seq === 2 ? 'rejected' : 'applied');
    const engine = await createSyncEngine(ports);
    await engine.cycle();
    expect(calls).not.toContain('destroy keys');
    control.answer = () => 'applied';
    const asked = engine.offerAgain();
    await engine.cycle();
    await asked;
    expect(calls.at(-1)).toBe('destroy keys');
  });

  it('enrols with the code in hand and does nothing without one', async () => {
    const { ports, control, calls } = world([entry(1)]);
    control.isEnrolled = false;
    const engine = await createSyncEngine(ports);
    expect(engine.connection()).toEqual({ status: 'not-enrolled' });
    await engine.cycle();
    expect(calls).toEqual(['hello']);
    control.code = 'CODE';
    await engine.cycle();
    expect(calls.slice(1)).toEqual(['hello', 'enrol', 'push', 'status']);
  });
});
