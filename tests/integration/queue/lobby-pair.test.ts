/** A kiosk joins its office by the supervisor's PIN and the hub's six digits: with a real hub, and each refusal in its own words. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { joinOffice } from '../../../electron/lobby/join-office.ts';
import { createSupervisorPin } from '../../../electron/lobby/supervisor-pin.ts';
import { eventually } from '../../fakes/eventually.ts';
import { hashOf, PIN } from '../../fixtures/pin.ts';
import { startDesk, type TestDesk } from './queue-desk.ts';

let folder = '';
let hub: TestDesk;
let kiosk: TestDesk;
let nowMs = 1_800_000_000_000;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'qmc-lobby-pair-'));
  hub = await startDesk({ seat: 'hub' });
  kiosk = await startDesk({ seat: 'member', role: 'lobby', counter: 'K' });
  await eventually(() => hub.desk.view().link.standing === 'leading', 15_000);
});
afterEach(async () => {
  await Promise.all([hub.kill(), kiosk.kill()]);
  await rm(folder, { recursive: true });
});

it('wrong PIN, wrong code, lock-out, and then in', async () => {
  const supervisorPin = createSupervisorPin({ hash: await hashOf(PIN), file: join(folder, 'pin.json'), clock: () => nowMs });
  const offer = await hub.desk.office.offerPairing();
  if (!offer.ok) throw new Error(offer.failure.kind);
  const { code } = offer.value;
  const wrong = String((Number(code) + 1) % 1_000_000).padStart(6, '0');
  const address = `127.0.0.1:${offer.value.addresses[0]?.split(':').at(-1)}`;
  const ask = async (wish: { pin?: string; code?: string; address?: string }) => {
    const joined = await joinOffice(supervisorPin, kiosk.desk.office, { pin: PIN, code, address, ...wish });
    return joined.ok ? 'in' : joined.failure.kind;
  };

  expect(await joinOffice(undefined, kiosk.desk.office, { pin: PIN, code, address })).toMatchObject({ failure: { kind: 'no-pin' } });
  expect(await ask({ address: 'not an address' })).toBe('hub-unreachable');
  expect(await ask({ code: wrong })).toBe('pairing-code-wrong');
  expect(kiosk.desk.view().link.standing).toBe('unpaired');
  // With the right code: who has no PIN must not get in by it, nor use up the few tries it has.
  const guesses = [];
  for (let nth = 0; nth < 7; nth++) guesses.push(await ask({ pin: `00000${nth}`, code: wrong }));
  expect(guesses).toEqual([...Array<string>(5).fill('wrong-pin'), 'locked-out', 'locked-out']);
  expect(await ask({})).toBe('locked-out');
  expect(hub.desk.view().link.members).toEqual([]);
  nowMs += 60_000;
  expect(await ask({})).toBe('in');
  await eventually(() => kiosk.desk.view().link.standing === 'following', 15_000);
  expect(await ask({}), 'the code was for one device').toBe('pairing-closed');
});
