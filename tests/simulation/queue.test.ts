/**
 * The office's queue through cuts, crashes, two that would hold it, take-overs and lost acknowledgements. Whatever happens:
 * no number on two papers, no citizen called to two counters, no number lost, and in the end one queue everywhere, held by the hub.
 */
import { describe, expect, it } from 'vitest';
import { chanceOf, Office, type Device } from './queue-office.ts';

const SEEDS = Number(process.env.QMC_QUEUE_SEEDS ?? 20);
const FIRST = Number(process.env.QMC_QUEUE_FIRST ?? 1);
/**
 * Days on which something was wrong once. 810076: two disks refused the queue they were sent, and nobody asked them again.
 * 5200111, 5200129: what a device thought after a power cut came to its disk with the next one, here in the simulation.
 */
const PINNED = [810076, 5200111, 5200129];

async function pairAll(office: Office): Promise<void> {
  const [hub] = office.devices;
  if (hub === undefined) return;
  office.start(hub);
  await office.run(500);
  for (const device of office.devices.slice(1)) {
    const role = device.counter === undefined ? 'lobby' : 'officer';
    while (hub.seat?.isHolding() !== true) await office.run(100);
    void hub.seat.admit({ memberId: device.memberId, name: device.name, seat: device.kind === 'standby' ? 'standby' : 'member', role, addresses: [] });
    await office.run(100);
    office.start(device);
    await office.run(2_000);
  }
}

/** A day in which everything that can break does. */
async function live(seed: number, office: Office): Promise<void> {
  const { chance, devices } = office;
  await pairAll(office);
  for (let step = 0; step < 160; step++) {
    const device = chance.of(devices);
    const dice = chance.below(100);
    if (dice < 38) office.issue(device);
    else if (dice < 64) office.callNext(chance.of(devices.filter(({ counter }) => counter !== undefined)));
    else if (dice < 74) office.finish(chance.of(devices.filter(({ counter }) => counter !== undefined)));
    else if (dice < 80) office.sever(device, chance.of(devices));
    else if (dice < 88) office.heal();
    else if (dice < 92) office.crash(device);
    else if (dice < 97) for (const one of devices) office.start(one);
    else if (dice < 98) office.diskFails = !office.diskFails && chance.isOneIn(2);
    else takeOverByWord(office, device);
    // Long enough, now and then, for the queue to go back to the hub; what comes next may hit it in the middle of that.
    await office.run(chance.isOneIn(30) ? 10_000 + chance.below(1_500) : chance.isOneIn(6) ? 5_000 : chance.below(600));
  }
  office.diskFails = false;
  office.heal();
  for (const one of devices) office.start(one);
  await office.run(30_000);
  // A vote that came too late is asked for again when nothing has happened for a while.
  for (let more = 0; more < 4 && devices[0]?.seat?.isHolding() !== true; more++) await office.run(15_000);
  await office.run(5_000);
  judge(seed, office);
}

/**
 * A person who says so is right: the other that could hold it is off, and (without a witness) it had not been cut off before,
 * calling people this one knows nothing of.
 */
function takeOverByWord(office: Office, device: Device): void {
  const others = office.devices.filter((one) => one !== device && one.kind !== 'member');
  if (device.kind !== 'member' && others.every(({ seat, wasHeard }) => seat === undefined && wasHeard)) void device.seat?.takeOver();
}

function judge(seed: number, office: Office): void {
  const standing = office.devices.map(({ name, seat }) => {
    const { standing: at, toHandIn } = seat?.link() ?? {};
    return `${name}: ${at}, settled ${JSON.stringify(seat?.replica.settledAt())}, log to ${JSON.stringify(seat?.replica.last())}, kept ${seat?.replica.keptSeq()}, promised ${seat?.replica.promised()}, ${toHandIn} to hand in, knows ${seat?.replica
      .ahead()
      .members.map((one) => one.name)
      .join()}`;
  });
  const tell = (what: string): string => [`seed ${seed}: ${what}`, ...standing, ...office.log.slice(-30)].join('\n');
  expect(office.wrong, tell('wrong')).toEqual([]);
  const [hub, ...others] = office.devices;
  expect(hub?.seat?.isHolding(), tell('the hub is back and does not hold the queue')).toBe(true);
  const queue = hub?.seat?.replica.settled();
  for (const other of others) {
    expect(other.seat?.replica.settledAt(), tell(`${other.name} is behind`)).toEqual(hub?.seat?.replica.settledAt());
    expect(other.seat?.replica.settled().tickets, tell(`${other.name} differs`)).toEqual(queue?.tickets);
  }
  const byId = new Map(queue?.tickets.map((ticket) => [ticket.ticketId, ticket]));
  for (const [name, ticketId] of office.papers) {
    const ticket = byId.get(ticketId);
    expect(`${ticket?.date} ${ticket?.number}`, tell(`${name} is lost`)).toBe(name);
    expect(ticket?.state, tell(`${name} was withdrawn`)).not.toBe('withdrawn');
  }
  const numbers = queue?.tickets.map(({ number }) => number) ?? [];
  expect(new Set(numbers).size, tell('a number twice in the queue')).toBe(numbers.length);
  const inHand = new Set(office.papers.values());
  // Nobody comes for a number whose paper was never printed: calling it and withdrawing it do not touch anybody.
  const ended = (ticketId: string): string[] => (inHand.has(ticketId) ? ['called', 'served'] : ['called', 'served', 'withdrawn']);
  for (const ticketId of office.served.keys()) expect(ended(ticketId), tell('a call is lost')).toContain(byId.get(ticketId)?.state);
  for (const ticketId of office.finished) expect(byId.get(ticketId)?.state, tell('a finish is lost')).toBe('served');
}

describe.each([
  [
    'hub, standby and witness',
    [
      { name: 'hub', kind: 'hub', counter: '1' },
      { name: 'standby', kind: 'standby', counter: '2' },
      { name: 'kiosk', kind: 'member' },
    ],
  ],
  [
    'and a third counter',
    [
      { name: 'hub', kind: 'hub', counter: '1' },
      { name: 'standby', kind: 'standby', counter: '2' },
      { name: 'kiosk', kind: 'member' },
      { name: 'three', kind: 'member', counter: '3' },
    ],
  ],
  [
    'a hub and others',
    [
      { name: 'hub', kind: 'hub', counter: '1' },
      { name: 'two', kind: 'member', counter: '2' },
      { name: 'kiosk', kind: 'member' },
    ],
  ],
  [
    'hub and standby alone',
    [
      { name: 'hub', kind: 'hub', counter: '1' },
      { name: 'standby', kind: 'standby', counter: '2' },
    ],
  ],
] as const)('%s', (_name, kinds) => {
  it(`keeps every promise through ${SEEDS} days`, async () => {
    let calls = 0;
    let papers = 0;
    for (const seed of [...PINNED, ...Array.from({ length: SEEDS }, (_, nth) => FIRST + nth)]) {
      const office = new Office(chanceOf(seed), kinds);
      await live(seed, office);
      calls += office.served.size;
      papers += office.papers.size;
    }
    console.log(`${SEEDS} days from seed ${FIRST}: ${papers} numbers, ${calls} calls`);
    // A simulation in which nothing happens proves nothing.
    expect(papers).toBeGreaterThan(SEEDS * 25);
    expect(calls).toBeGreaterThan(SEEDS * 5);
  });
});

describe('a hub that comes back', () => {
  const office = async (seed: number): Promise<{ office: Office; hub: Device; standby: Device; kiosk: Device }> => {
    const made = new Office(chanceOf(seed), [
      { name: 'hub', kind: 'hub', counter: '1' },
      { name: 'standby', kind: 'standby', counter: '2' },
      { name: 'kiosk', kind: 'member' },
    ]);
    await pairAll(made);
    return { office: made, hub: made.named('hub'), standby: made.named('standby'), kiosk: made.named('kiosk') };
  };
  const numbers = ({ papers }: Office): string[] => [...papers.keys()].map((name) => name.split(' ')[1] ?? '');
  const isHolding = ({ seat }: Device): boolean => seat?.isHolding() === true;

  it('is given the queue when nothing happens in it, with every number and call, and goes on in its own numbers', async () => {
    for (let seed = 1; seed <= 12; seed++) {
      const { office: day, hub, standby, kiosk } = await office(seed);
      for (let nth = 0; nth < 3; nth++) day.issue(kiosk);
      await day.run(1_000);
      day.crash(hub);
      await day.run(6_000);
      expect(isHolding(standby)).toBe(true);
      day.issue(kiosk);
      day.callNext(standby);
      await day.run(1_000);
      expect(numbers(day).some((number) => number.slice(1).startsWith('5'))).toBe(true);
      day.start(hub);
      // While the office is at work it stays where it is.
      for (let nth = 0; nth < 4; nth++) {
        await day.run(5_000);
        expect(isHolding(standby), `seed ${seed}`).toBe(true);
        day.issue(kiosk);
      }
      // A vote that came too late is asked for again.
      for (let nth = 0; nth < 4 && !isHolding(hub); nth++) await day.run(14_000);
      expect([isHolding(hub), isHolding(standby)], `seed ${seed}`).toEqual([true, false]);
      day.issue(kiosk);
      day.callNext(hub);
      await day.run(2_000);
      expect(Number(numbers(day).at(-1)?.slice(1))).toBeLessThan(5000);
      await day.run(14_000);
      judge(seed, day);
      expect(day.served.size).toBe(2);
    }
  });

  it('leaves the queue with the standby as long as it comes and goes', async () => {
    const { office: day, hub, standby } = await office(5);
    day.crash(hub);
    await day.run(6_000);
    for (let nth = 0; nth < 5; nth++) {
      day.start(hub);
      await day.run(8_000);
      expect(isHolding(standby)).toBe(true);
      day.crash(hub);
      await day.run(4_000);
    }
  });

  it('begins the next day, so that its first numbers are the hub’s', async () => {
    const { office: day, hub, standby, kiosk } = await office(9);
    day.crash(hub);
    await day.run(6_000);
    day.issue(kiosk);
    await day.run(1_000);
    day.start(hub);
    await day.run(15_000);
    for (const device of [hub, standby, kiosk]) device.clockOffsetMs += 24 * 3_600_000;
    day.issue(kiosk);
    await day.run(2_000);
    expect(numbers(day).at(-1)?.slice(1)).toBe('001');
  });
});
