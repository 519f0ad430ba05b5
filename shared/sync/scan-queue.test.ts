import { describe, expect, it } from 'vitest';
import { createScanQueue } from './scan-queue.ts';

const MB = 1024 * 1024;

function queueAt(startMs = 1_000) {
  let nowMs = startMs;
  const queue = createScanQueue(
    () => nowMs,
    () => 0.5,
  );
  const takeAll = (): string[] => {
    const taken: string[] = [];
    for (let next = queue.take(); next !== undefined; next = queue.take()) taken.push(next);
    return taken;
  };
  return { queue, takeAll, pass: (ms: number) => void (nowMs += ms) };
}

describe('the order of scans', () => {
  it('is small before large, two at once', () => {
    const { queue, takeAll } = queueAt();
    queue.offer([
      { sha256: 'c', bytes: 3 },
      { sha256: 'a', bytes: 1 },
      { sha256: 'b', bytes: 2 },
    ]);
    expect(takeAll()).toEqual(['a', 'b']);
    queue.arrived('a');
    expect(takeAll()).toEqual(['c']);
  });

  it('keeps one way free for small ones while a large one is under way', () => {
    const { queue, takeAll } = queueAt();
    queue.offer([
      { sha256: 'huge', bytes: 50 * MB },
      { sha256: 'large', bytes: 5 * MB },
    ]);
    expect(takeAll()).toEqual(['large']);
    queue.offer([
      { sha256: 'small', bytes: 10 },
      { sha256: 'large', bytes: 5 * MB },
    ]);
    expect(takeAll()).toEqual(['small']);
    queue.arrived('small');
    expect(takeAll()).toEqual([]);
    queue.arrived('large');
    expect(takeAll()).toEqual(['huge']);
  });

  it('puts one that fails out of the way of the others, for longer each time', () => {
    const { queue, takeAll, pass } = queueAt();
    const all = [
      { sha256: 'poison', bytes: 1 },
      { sha256: 'good', bytes: 2 },
      { sha256: 'fine', bytes: 3 },
    ];
    queue.offer(all);
    expect(takeAll()).toEqual(['poison', 'good']);
    queue.failed('poison');
    queue.arrived('good');
    queue.offer(all.slice(0, 1));
    expect(takeAll()).toEqual(['fine']);
    queue.arrived('fine');
    for (const restMs of [500, 1_000, 2_000]) {
      pass(restMs - 1);
      expect(takeAll()).toEqual([]);
      pass(1);
      expect(takeAll()).toEqual(['poison']);
      queue.failed('poison');
      queue.offer(all.slice(0, 1));
    }
    pass(300_000);
    queue.offer(all);
    expect(takeAll()).toEqual(['good', 'fine']);
    expect(queue.refusals()).toEqual({});
  });

  it('sends what was refused again after a minute, then ever more seldom, and at once when an officer says so', () => {
    const { queue, takeAll, pass } = queueAt();
    const wrong = [{ sha256: 'wrong', bytes: 1 }];
    queue.offer(wrong);
    for (const restMs of [60_000, 120_000, 240_000, 480_000, 960_000, 1_920_000, 3_600_000, 3_600_000]) {
      expect(takeAll()).toEqual(['wrong']);
      queue.refused('wrong', 'wrong-media-type');
      expect(queue.refusals()).toEqual({ wrong: 'wrong-media-type' });
      queue.offer(wrong);
      pass(restMs - 1);
      expect(takeAll()).toEqual([]);
      pass(1);
    }
    takeAll();
    queue.refused('wrong', 'wrong-media-type');
    queue.offer(wrong);
    expect(takeAll()).toEqual([]);
    queue.hurry();
    expect(takeAll()).toEqual(['wrong']);
    queue.arrived('wrong');
    expect(queue.refusals()).toEqual({});
  });

  it('waits no longer because a clock was set back', () => {
    const { queue, takeAll, pass } = queueAt(86_400_000);
    queue.offer([{ sha256: 'a', bytes: 1 }]);
    takeAll();
    queue.failed('a');
    queue.offer([{ sha256: 'a', bytes: 1 }]);
    expect(takeAll()).toEqual([]);
    pass(-80_000_000);
    expect(takeAll()).toEqual(['a']);
  });
});
