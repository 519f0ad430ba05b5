/** Judges the supervisor's PIN that lets people out of the kiosk; wrong ones lock it for longer each time, also through a restart. */
import { readFile } from 'node:fs/promises';
import { argon2Verify } from 'hash-wasm';
import { z } from 'zod';
import { parseOrUndefined } from '../../shared/lib/json.ts';
import { fail, ok, type Failure, type Result } from '../../shared/lib/result.ts';
import type { Clock } from '../../shared/lib/time.ts';
import { writeDurably } from '../files.ts';

export type SupervisorPin = {
  /** `locked-out` says how many seconds are left. Asks that come together are judged one after the other. */
  judge(pin: string): Promise<Result<null, Failure<'no-pin' | 'wrong-pin' | 'locked-out'>>>;
};

/** Wrong PINs in a row that cost no waiting; the next one a minute, and each after it twice as long, up to an hour. */
const FREE = 4;
const FIRST_WAIT_MS = 60_000;
const LONGEST_WAIT_MS = 3_600_000;

const memorySchema = z.object({ wrong: z.int().nonnegative(), lockedAtMs: z.int(), lockedForMs: z.int().nonnegative() });
type Memory = z.infer<typeof memorySchema>;
const nothing: Memory = { wrong: 0, lockedAtMs: 0, lockedForMs: 0 };

export const waitAfter = (wrong: number): number => (wrong <= FREE ? 0 : Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(wrong - FREE - 1, 10)));

/** `hash`: Argon2id in its encoded form, from the settings; without one nobody leaves by a PIN. */
export function createSupervisorPin({ hash, file, clock }: { hash: string | undefined; file: string; clock: Clock }): SupervisorPin {
  let turn: Promise<unknown> = Promise.resolve();
  // A file that cannot be read, or was removed, forgives the wrong ones before it: whoever can do that needs no PIN.
  const remembered = async (): Promise<Memory> => memorySchema.safeParse(parseOrUndefined(await readFile(file, 'utf8').catch(() => ''))).data ?? nothing;
  const remember = (memory: Memory): Promise<void> => writeDurably(file, Buffer.from(JSON.stringify(memory)));

  async function judge(pin: string): ReturnType<SupervisorPin['judge']> {
    if (hash === undefined) return fail('no-pin');
    const { wrong, lockedAtMs, lockedForMs } = await remembered();
    const nowMs = clock();
    // A clock that was set back gives no time away: the wait begins again.
    if (nowMs < lockedAtMs) await remember({ wrong, lockedAtMs: nowMs, lockedForMs });
    const leftMs = Math.min(lockedForMs, Math.max(0, lockedAtMs + lockedForMs - nowMs));
    if (leftMs > 0) return fail('locked-out', { seconds: Math.ceil(leftMs / 1000) });
    // Counted before it is judged: pulling the plug in between gives no further try.
    await remember({ wrong: wrong + 1, lockedAtMs: nowMs, lockedForMs: waitAfter(wrong + 1) });
    if (!(await argon2Verify({ password: pin, hash }))) return fail('wrong-pin');
    await remember(nothing);
    return ok(null);
  }

  return {
    judge(pin) {
      const judged = turn.then(() => judge(pin));
      turn = judged.catch(() => undefined);
      return judged;
    },
  };
}
