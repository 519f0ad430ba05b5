/** What a lobby kiosk asks of the province: a dossier's state for who knows two things of it, and opinions counted once. */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import type { Dossier, DossierId } from '../../../shared/dossiers/dossier.ts';
import { paths } from '../../../shared/sync/protocol.ts';
import { accepted } from '../../fixtures/dossiers.ts';
import { send, statuses, type TestDevice } from '../../fixtures/test-device.ts';
import { provinceForAll } from '../../fixtures/test-province.ts';

const province = provinceForAll();

const ask = async (device: TestDevice, code: string, lastDigits: string) =>
  send<Record<string, unknown>>(province.url, paths.lookUp, { body: { code, lastDigits }, headers: await device.authorisation() });

/** Taken in by a counter; `idNumber` ends in what the kiosk will ask for. */
async function takenIn(counter: TestDevice, idNumber: string, change: Partial<Dossier> = {}): Promise<Dossier> {
  const operation = accepted({ applicant: { kind: 'person', fullName: 'Đỗ Hoàng Yến', idNumber }, submitter: undefined, papers: [], ...change });
  expect(statuses(await counter.push([counter.append(operation)]))).toEqual(['applied']);
  return operation.dossier;
}

describe('looking a dossier up', () => {
  it('tells how far it is, and nothing of who it is', async () => {
    const [counter, kiosk] = [await province.newDevice(), await province.newDevice()];
    const { code, procedureName, acceptedAtMs, dueAtMs } = await takenIn(counter, '001095004567');
    const answer = await ask(kiosk, code.toLowerCase(), '4567');
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ code, procedureName, acceptedAtMs, dueAtMs, stage: 'received' });
  });

  it('finds it by a code that was replaced, and whoever has that code now by their own digits', async () => {
    const [counter, other, kiosk] = [await province.newDevice(), await province.newDevice(), await province.newDevice()];
    const first = await takenIn(counter, '001095004567');
    const [third, own] = [await takenIn(counter, '001095009999'), 'H36.12-261123-9001'];
    const twin = { ...first, dossierId: randomUUID() as DossierId, applicant: { ...first.applicant, idNumber: '001095001111' } };
    const corrected = { ...twin, code: own, formerCodes: [first.code, third.code] };
    const { body } = await other.push([
      other.append({ type: 'dossier.accepted', dossier: twin, number: { leaseId: 'lease', order: 1 } }),
      other.append({ type: 'dossier.corrected', dossier: corrected, correctedAtMs: 1 }),
    ]);
    expect(body.results).toMatchObject([{ status: 'rejected', reason: 'code-taken' }, { status: 'applied' }]);
    for (const code of [own, first.code, third.code.toLowerCase()]) expect((await ask(kiosk, code, '1111')).body).toMatchObject({ code: own });
    expect((await ask(kiosk, first.code, '4567')).body).toMatchObject({ code: first.code });
    expect((await ask(kiosk, third.code, '4567')).status).toBe(404);
    const elsewhere = await province.newDevice({ officeId: 'le-loi', agencyCode: 'H36.13' });
    expect((await ask(elsewhere, first.code, '1111')).status).toBe(404);
  });

  it('follows it to the specialised systems', async () => {
    const kiosk = await province.newDevice();
    const { code, dossierId } = await takenIn(await province.newDevice(), '001095004567');
    const delivery = (state: string) =>
      province.db
        .insertInto('upstream_deliveries')
        .values({ dossier_id: dossierId, upstream: 'igate', office_id: 'nguyen-hue', state: state as 'accepted', since_ms: 1 })
        .onConflict((conflict) => conflict.columns(['dossier_id', 'upstream']).doUpdateSet({ state: state as 'accepted' }))
        .execute();
    for (const [state, stage] of [
      ['queued', 'received'],
      ['accepted', 'passed-on'],
      ['delivered', 'passed-on'],
      ['refused', 'being-checked'],
    ] as const) {
      await delivery(state);
      expect((await ask(kiosk, code, '4567')).body).toMatchObject({ stage });
    }
  });

  it('knows it by the number of any party, and never by one that is too short or not there', async () => {
    const [counter, kiosk] = [await province.newDevice(), await province.newDevice()];
    const submitter = { kind: 'person' as const, fullName: 'Lê Văn An', idNumber: '001085000123', relation: 'authorised' as const };
    const company = await takenIn(counter, '', { applicant: { kind: 'organisation', fullName: 'Công ty An Bình', taxCode: '0101234567-001' }, submitter });
    expect((await ask(kiosk, company.code, '0123')).status).toBe(200);
    expect((await ask(kiosk, company.code, '7001')).status).toBe(200);
    expect((await ask(kiosk, company.code, '-001')).status).toBe(400);
    const nobody = await takenIn(counter, '', { applicant: { kind: 'person', fullName: 'Không Số' } });
    expect((await ask(kiosk, nobody.code, '0000')).status).toBe(404);
  });

  it('answers a wrong code and wrong digits alike, to the byte and to the time', async () => {
    const kiosk = await province.newDevice();
    const { code } = await takenIn(await province.newDevice(), '001095004567');
    const timed = async (which: string): Promise<[number, unknown, number]> => {
      const before = performance.now();
      const { status, body } = await ask(kiosk, which, '0000');
      return [status, body, performance.now() - before];
    };
    const [wrongDigits, wrongCode] = [await timed(code), await timed('H36.12-261123-9999')];
    expect(wrongDigits.slice(0, 2)).toEqual([404, { kind: 'not-found', message: expect.any(String) as string }]);
    expect(wrongCode.slice(0, 2)).toEqual(wrongDigits.slice(0, 2));
    for (const [, , ms] of [wrongDigits, wrongCode]) expect(ms).toBeGreaterThanOrEqual(145);
  });

  it('lets a code be guessed at five times a day from all kiosks together, there or not', async () => {
    const kiosks = [await province.newDevice(), await province.newDevice()];
    const { code } = await takenIn(await province.newDevice(), '001095004567');
    for (const subject of [code, 'H36.12-261123-8888']) {
      // At once: none slips through between counting and judging.
      const answers = await Promise.all(Array.from({ length: 8 }, (_, at) => ask(kiosks[at % 2] as TestDevice, subject, `000${at}`)));
      expect(answers.map(({ status }) => status).sort()).toEqual([403, 403, 403, 404, 404, 404, 404, 404]);
      expect(answers.find(({ status }) => status === 403)?.body).toMatchObject({ kind: 'too-many-guesses' });
    }
    expect((await ask(kiosks[0] as TestDevice, code, '4567')).status).toBe(403);
    // The next day.
    await sql`update look_up_guesses set since = since - interval '25 hours'`.execute(province.db);
    expect((await ask(kiosks[0] as TestDevice, code, '4567')).status).toBe(200);
    expect((await sql`select 1 from look_up_guesses`.execute(province.db)).rows.length, 'what is forgotten').toBe(1);
  });

  it('does not count who knows the answer', async () => {
    const kiosk = await province.newDevice();
    const { code } = await takenIn(await province.newDevice(), '001095004567');
    for (let i = 0; i < 8; i++) expect((await ask(kiosk, code, '4567')).status).toBe(200);
  });

  it('asks patience of a kiosk that asks too often', async () => {
    const kiosk = await province.newDevice();
    const answers = await Promise.all(Array.from({ length: 25 }, (_, at) => ask(kiosk, `H36.12-261123-7${String(at).padStart(3, '0')}`, '0000')));
    expect(answers.filter(({ status }) => status === 429).length).toBe(5);
    // Other lanes of the same device are not slowed.
    expect((await kiosk.status()).dossiers).toEqual([]);
  });

  it('belongs to the office', async () => {
    const { code } = await takenIn(await province.newDevice(), '001095004567');
    const other = await province.newDevice({ officeId: 'le-loi', agencyCode: 'H36.13' });
    expect((await ask(other, code, '4567')).status).toBe(404);
    expect((await send(province.url, paths.lookUp, { body: { code, lastDigits: '4567' } })).status).toBe(401);
  });

  it('leaves neither code nor digits in the log', () => {
    expect(province.logged()).toContain(paths.lookUp);
    // As they were sent: the bare digits are in times of the log by chance.
    expect(province.logged()).not.toMatch(/h36\.12-261123|"(?:4567|0123|7001)"|001095004567/iu);
  });
});

describe('opinions', () => {
  it('are counted once each, by day, without who gave them', async () => {
    const kiosk = await province.newDevice();
    const rated = (score: number, ...reasons: string[]) => kiosk.append({ type: 'service.rated', rating: { score, reasons } });
    const entries = [rated(5, 'polite', 'quick'), rated(5, 'quick'), rated(2)];
    await kiosk.push(entries);
    expect(statuses(await kiosk.push(entries))).toEqual(['duplicate', 'duplicate', 'duplicate']);
    const rows = await province.db.selectFrom('service_ratings').select(['score', 'reason', 'count']).orderBy('score').orderBy('reason').execute();
    expect(rows).toEqual([
      { score: 2, reason: '', count: 1 },
      { score: 5, reason: '', count: 2 },
      { score: 5, reason: 'polite', count: 1 },
      { score: 5, reason: 'quick', count: 2 },
    ]);
  });

  it('with words of their own are refused', async () => {
    const kiosk = await province.newDevice();
    const { body } = await kiosk.push([kiosk.append({ type: 'service.rated', rating: { score: 1, reasons: ['Ông Nguyễn Văn A thái độ kém'] } })]);
    expect(body.results).toMatchObject([{ status: 'rejected', reason: 'invalid' }]);
  });
});
