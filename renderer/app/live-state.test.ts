import { describe, expect, it } from 'vitest';
import { deferred } from '../../shared/lib/deferred.ts';
import { createLiveState } from './live-state.ts';

describe('live state', () => {
  it('holds the first answer, then each event', async () => {
    let tell: (value: number) => void = () => undefined;
    const state = createLiveState(
      () => Promise.resolve(1),
      (listener) => (tell = listener),
    );
    expect(state.getState().value).toBeNull();
    await Promise.resolve();
    expect(state.getState().value).toBe(1);
    tell(2);
    expect(state.getState().value).toBe(2);
  });

  it('does not let a late first answer overwrite an event', async () => {
    const answer = deferred<number>();
    let tell: (value: number) => void = () => undefined;
    const state = createLiveState(
      () => answer.promise,
      (listener) => (tell = listener),
    );
    tell(2);
    answer.resolve(1);
    await Promise.resolve();
    expect(state.getState().value).toBe(2);
  });
});
