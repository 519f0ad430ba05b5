import { describe, expect, it, vi } from 'vitest';
import { fail, ok, type Failure, type Result } from '../../shared/lib/result.ts';
import { createAutosave } from './autosave.ts';

/** A disk that answers when told to. */
function slowDisk() {
  const asked: Array<{ value: number; answer: (outcome: Result<null, Failure>) => void }> = [];
  const save = (value: number) => new Promise<Result<null, Failure>>((answer) => asked.push({ value, answer }));
  return { asked, save };
}

describe('createAutosave', () => {
  it('writes one at a time and skips what was overtaken', async () => {
    const { asked, save } = slowDisk();
    const autosave = createAutosave({ save, onOutcome: () => undefined });
    autosave.request(1);
    autosave.request(2);
    autosave.request(3);
    expect(asked.map(({ value }) => value)).toEqual([1]);
    asked[0]?.answer(ok(null));
    await vi.waitFor(() => expect(asked.map(({ value }) => value)).toEqual([1, 3]));
    asked[1]?.answer(ok(null));
    await autosave.settled();
    expect(asked).toHaveLength(2);
  });

  it('says nothing of a value that was overtaken: what it tells is true of the newest', async () => {
    const told: Array<[boolean, number]> = [];
    const { asked, save } = slowDisk();
    const autosave = createAutosave({ save, onOutcome: ({ ok: isSaved }, value) => told.push([isSaved, value]) });
    autosave.request(1);
    autosave.request(2);
    asked[0]?.answer(ok(null));
    await vi.waitFor(() => expect(asked).toHaveLength(2));
    expect(told).toEqual([]);
    asked[1]?.answer(ok(null));
    await autosave.settled();
    expect(told).toEqual([[true, 2]]);
  });

  it('tells a failure, and success once the next write goes through', async () => {
    const outcomes: boolean[] = [];
    let disk: Result<null, Failure> = fail('disk-full');
    const autosave = createAutosave<number>({ save: () => Promise.resolve(disk), onOutcome: ({ ok: isSaved }) => outcomes.push(isSaved) });
    autosave.request(1);
    await autosave.settled();
    disk = ok(null);
    autosave.request(2);
    await autosave.settled();
    expect(outcomes).toEqual([false, true]);
  });

  it('turns a thrown error into a failure and goes on', async () => {
    const kinds: string[] = [];
    const autosave = createAutosave<number>({
      save: () => Promise.reject(new Error('bridge gone')),
      onOutcome: (outcome) => kinds.push(outcome.ok ? 'ok' : outcome.failure.kind),
    });
    autosave.request(1);
    await autosave.settled();
    expect(kinds).toEqual(['draft-not-saved']);
  });

  it('writes nothing after it was stopped, not even what waited', async () => {
    const { asked, save } = slowDisk();
    const autosave = createAutosave({ save, onOutcome: () => undefined });
    autosave.request(1);
    autosave.request(2);
    const stopped = autosave.stop();
    asked[0]?.answer(ok(null));
    await stopped;
    autosave.request(3);
    await autosave.settled();
    expect(asked).toHaveLength(1);
  });
});
