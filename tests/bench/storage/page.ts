/** The page of the bench: in the place of the product's, with the product's bridge and database, and the peers beside them. */
import '../../../renderer/app/zod-without-eval.ts';
import type { Catalogue } from '../../../shared/catalogue/catalogue.ts';
import { openLane } from '../../../renderer/app/lane.ts';
import { passStartGate } from '../../../renderer/db/start-gate.ts';
import { insertMany, readRows } from './bulk.ts';
import { measure, openContenders } from './contenders.ts';
import { bulkNames, contenderNames, SAID, type Plan, type Said } from './plan.ts';
import { createSampler, seededRandom, type Random } from './samples.ts';

const bridge = openLane(window.counter);
// The console is the page's only way out; the shell of the bench passes these lines on.
const say = (said: Said): void => console.log(SAID + JSON.stringify(said));
const rest = (forMs: number): Promise<void> => new Promise((done) => setTimeout(done, forMs));

/** Who says nothing of durability is held to strict; the peers all end there, the product says itself what need not be flushed: its copies of scans. */
function makeStrict(): void {
  const transaction = IDBDatabase.prototype.transaction;
  IDBDatabase.prototype.transaction = function (stores, mode, options) {
    return transaction.call(this, stores, mode, mode === 'readwrite' ? { durability: 'strict', ...options } : options);
  };
}

function shuffled<T>(values: readonly T[], random: Random): T[] {
  const mixed = [...values];
  for (let at = mixed.length - 1; at > 0; at--) {
    const other = random() % (at + 1);
    [mixed[at], mixed[other]] = [mixed[other] as T, mixed[at] as T];
  }
  return mixed;
}

async function enrolled(): Promise<void> {
  while ((await bridge.invoke('sync:state')).numbers === null) await rest(50);
}

async function saveAll({ saves, restMs }: Plan, random: Random): Promise<void> {
  await enrolled();
  say({ kind: 'ready' });
  // The runner ends the province now; a line that just broke must not be in anyone's way.
  await rest(1500);
  const store = await passStartGate(bridge, undefined, 'bench-product');
  const contenders = await openContenders(bridge, store);
  const nextSample = createSampler(JSON.parse(await bridge.invoke('catalogue:get')) as Catalogue, random);
  for (let round = 0; round <= saves; round++) {
    for (const contender of shuffled(contenderNames, random)) {
      const sample = nextSample();
      await rest(restMs);
      const { startMs, marks } = await measure(contenders[contender], sample);
      if (round > 0) say({ kind: 'save', contender, round, startMs, marks });
    }
  }
}

async function insertAll({ bulkRounds, restMs }: Plan, random: Random): Promise<void> {
  const rows = await readRows(bridge);
  for (let round = 1; round <= bulkRounds; round++) {
    for (const contender of shuffled(bulkNames, random)) {
      await rest(restMs);
      say({ kind: 'bulk', contender, round, ...(await insertMany(bridge, contender, round, rows)) });
    }
  }
}

async function run(): Promise<void> {
  makeStrict();
  const plan = (await (await fetch('/plan.json')).json()) as Plan;
  const random = seededRandom(plan.seed);
  if (plan.saves > 0) await saveAll(plan, random);
  if (plan.bulkRounds > 0) await insertAll(plan, random);
}

run().then(
  () => say({ kind: 'done' }),
  (error: unknown) => say({ kind: 'failed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
);
