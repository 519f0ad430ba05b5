/** A dossier looked up in the lobby while the province cannot be asked: what the office's own counters know of it, and nothing of who it is. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLobbyDesk } from '../../../electron/lobby/desk.ts';
import type { Dossier, DossierId } from '../../../shared/dossiers/dossier.ts';
import { ok } from '../../../shared/lib/result.ts';
import type { ProvinceFailure } from '../../../shared/sync/engine.ts';
import { eventually } from '../../fakes/eventually.ts';
import { aDossier } from '../../fixtures/dossiers.ts';
import { pair, startDesk, type TestDesk } from './queue-desk.ts';

let hub: TestDesk;
let counter: TestDesk;
let kiosk: TestDesk;
beforeAll(async () => {
  [hub, counter, kiosk] = await Promise.all([
    startDesk({ seat: 'hub' }),
    startDesk({ seat: 'member', counter: '2' }),
    startDesk({ seat: 'member', role: 'lobby', counter: 'K' }),
  ]);
  await eventually(() => hub.desk.view().link.standing === 'leading', 15_000);
  for (const device of [counter, kiosk]) {
    await pair(hub, device);
    await eventually(() => device.desk.view().link.standing === 'following', 15_000);
  }
});
afterAll(() => Promise.all([hub, counter, kiosk].map((device) => device.kill())));

let orders = 0;
async function takenIn(at: TestDesk, idNumber: string, change: Partial<Dossier> = {}): Promise<Dossier> {
  orders += 1;
  const dossier = aDossier({
    ...{ dossierId: randomUUID() as DossierId, code: `H36.12-261122-${String(orders).padStart(4, '0')}`, papers: [], submitter: undefined },
    ...{ applicant: { kind: 'person', fullName: 'Đỗ Hoàng Yến', idNumber }, ...change },
  });
  await at.journal.transact('lan', () => ok({ type: 'dossier.accepted' as const, dossier, number: { leaseId: 'lease', order: orders } }));
  return dossier;
}

/** The kiosk's own desk, with a province that answers as it is told. */
function lobbyWhere(province: { answer: unknown } | { failure: ProvinceFailure }, at = kiosk) {
  const nothing = () => undefined;
  return createLobbyDesk({
    queue: at.desk,
    printTicket: nothing,
    printBringList: nothing,
    catalogue: () => {
      throw new Error('not asked for');
    },
    areaClass: undefined,
    province: { post: () => Promise.resolve('answer' in province ? ok(province.answer as never) : { ok: false as const, failure: province.failure }) },
    journal: at.journal,
  });
}
const offline: { failure: ProvinceFailure } = { failure: { kind: 'unreachable' } };
const ask = async (code: string, lastDigits: string, at = lobbyWhere(offline)) => {
  const found = await at.lookUp({ code, lastDigits });
  return found.ok ? found.value : found.failure.kind;
};

describe('without the province', () => {
  it('whichever counter took it in tells how far it was, and nothing of who it is', async () => {
    const [here, there] = [await takenIn(hub, '001095004567'), await takenIn(counter, '001095001111')];
    const told = ({ code, procedureName, acceptedAtMs, dueAtMs }: Dossier) => ({
      code,
      procedureName,
      acceptedAtMs,
      dueAtMs,
      stage: 'received',
      isOfOffice: true,
    });
    expect(await ask(here.code, '4567')).toEqual(told(here));
    expect(await ask(there.code.toLowerCase(), '1111')).toEqual(told(there));
    // Taken in since somebody first asked.
    const later = await takenIn(counter, '001095002222');
    expect(await ask(later.code, '2222')).toEqual(told(later));
    // Whose digits are others, and what no device here knows, may still be at the province.
    expect(await ask(here.code, '0000')).toBe('offline');
    expect(await ask('H36.12-261122-9999', '4567')).toBe('offline');
  });

  it('it is found by a code that was replaced, too', async () => {
    const dossier = await takenIn(counter, '001095003333');
    const corrected = { ...dossier, code: 'H36.12-261122-7001', formerCodes: [dossier.code] };
    await counter.journal.transact('lan', () =>
      ok({ type: 'dossier.corrected' as const, dossier: corrected, correctedAtMs: 1, number: { leaseId: 'lease', order: 7001 } }),
    );
    for (const code of [dossier.code, corrected.code]) expect(await ask(code, '3333')).toMatchObject({ code: corrected.code, isOfOffice: true });
  });

  it('a code is guessed at five times a day, right digits or not', async () => {
    const { code } = await takenIn(counter, '001095005555');
    const guesses = await Promise.all(Array.from({ length: 7 }, (_, nth) => ask(code, `000${nth}`)));
    expect(guesses.sort()).toEqual([...Array<string>(5).fill('offline'), 'too-many', 'too-many']);
    expect(await ask(code, '5555')).toBe('too-many');
  });

  it('who knows the answer guesses nothing, and a kiosk asks no list of codes', async () => {
    const { code } = await takenIn(counter, '001095007777');
    const other = await startDesk({ seat: 'member', role: 'lobby', counter: 'L' });
    await pair(hub, other);
    await eventually(() => other.desk.view().link.standing === 'following', 15_000);
    const lobby = lobbyWhere(offline, other);
    for (let nth = 0; nth < 7; nth++) expect(await ask(code, '7777', lobby)).toMatchObject({ code });
    const list = await Promise.all(Array.from({ length: 25 }, (_, nth) => ask(`H36.12-261122-8${String(nth).padStart(3, '0')}`, '0000', lobby)));
    expect(list.filter((answer) => answer === 'offline').length).toBe(13);
    expect(list.filter((answer) => answer === 'busy').length).toBe(12);
    await other.kill();
  });

  it('is answered to the office’s kiosk alone', async () => {
    const { code } = await takenIn(hub, '001095006666');
    const board = await startDesk({ seat: 'member', role: 'board' });
    await pair(hub, board);
    await eventually(() => board.desk.view().link.standing === 'following', 15_000);
    for (const device of [board, counter]) {
      expect(await device.desk.office.lookUp({ code, lastDigits: '6666' })).toMatchObject({ failure: { kind: 'not-allowed' } });
    }
    await board.kill();
  });
});

describe('with the province', () => {
  it('the province has the last word, and what it refuses is asked of nobody else', async () => {
    const { code } = await takenIn(hub, '001095008888');
    const answer = { code, procedureName: 'Đăng ký khai sinh', acceptedAtMs: 1, dueAtMs: null, stage: 'passed-on' };
    expect(await ask(code, '8888', lobbyWhere({ answer }))).toEqual({ ...answer, isOfOffice: false });
    const refused = (reason: string) => lobbyWhere({ failure: { kind: 'refused', reason } as ProvinceFailure });
    expect(await ask(code, '8888', refused('not-found'))).toBe('not-found');
    expect(await ask(code, '8888', refused('too-many-guesses'))).toBe('too-many');
  });
});
