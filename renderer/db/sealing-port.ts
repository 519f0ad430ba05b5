/** Carries the calls of `Sealing` over a message port: the page has one end, the worker with the keys the other. */
import type { Sealing } from './sealing.ts';

/** What a `Worker`, its own global scope and a `MessagePort` have in common. */
export type Port = {
  postMessage(message: unknown, transfer?: Transferable[]): void;
  addEventListener(type: 'message', listener: (event: MessageEvent<never>) => void): void;
};

type Bytes = Uint8Array<ArrayBuffer>;
const sealedIn = (stored: ReadonlyArray<{ sealed: Bytes }>): Bytes[] => stored.map(({ sealed }) => sealed);
const packed = (packs: ReadonlyArray<{ stored: { sealed: Bytes } }>): Bytes[] => packs.map(({ stored }) => stored.sealed);

/** What is large and of no more use to the side that sends it is handed over; the rest is copied. */
const given: { [M in keyof Sealing]?: (...args: Parameters<Sealing[M]>) => readonly Bytes[] } = {
  mergeBuckets: (_segment, stored) => sealedIn(stored),
  ranksWith: (_tokens, segments) => segments.flatMap(({ buckets }) => sealedIn(buckets)),
  keepScans: (_place, scans) => scans.map(({ bytes }) => bytes),
};
const returned: { [M in keyof Sealing]?: (value: NonNullable<Awaited<ReturnType<Sealing[M]>>>) => readonly Bytes[] } = {
  seal: (sealed) => [sealed],
  open: (opened) => [opened],
  sealJson: (sealed) => [sealed],
  sealDossiers: ({ packs }) => packed(packs),
  repack: packed,
  sealSegment: sealedIn,
  mergeBuckets: sealedIn,
};
/** What is in there twice can be handed over only once. */
const buffersOf = (handedOver: readonly Bytes[]): ArrayBuffer[] => [...new Set(handedOver.map(({ buffer }) => buffer))];

type Call = { id: number; method: keyof Sealing; args: unknown[] };
type Answer = { id: number; value: unknown } | { id: number; error: string };

/** Calls that come before `sealing` is there wait for it. */
export function answerCalls(port: Port, sealing: Promise<Sealing>): void {
  // Said to each call in its turn.
  sealing.catch(() => undefined);
  port.addEventListener('message', ({ data }: MessageEvent<Call>) => {
    const { id, method, args } = data;
    void sealing
      .then((ready) => Reflect.apply(ready[method], undefined, args) as Promise<unknown>)
      .then(
        (value): Answer => ({ id, value }),
        (error: unknown): Answer => ({ id, error: String(error) }),
      )
      .then((answer) => port.postMessage(answer, 'value' in answer && answer.value !== null ? buffersOf(returned[method]?.(answer.value as never) ?? []) : []));
  });
}

/** `onLost` is called with what ends every call that waits, now and later. */
export function callOver(port: Port, onLost: (listener: (reason: Error) => void) => void): Sealing {
  const waiting = new Map<number, { resolve: (value: never) => void; reject: (reason: Error) => void }>();
  let lastId = 0;
  let lost: Error | undefined;
  port.addEventListener('message', ({ data }: MessageEvent<Answer>) => {
    const call = waiting.get(data.id);
    waiting.delete(data.id);
    if ('error' in data) call?.reject(new Error(data.error));
    else call?.resolve(data.value as never);
  });
  onLost((reason) => {
    lost = reason;
    for (const { reject } of waiting.values()) reject(reason);
    waiting.clear();
  });

  const call =
    <M extends keyof Sealing>(method: M): Sealing[M] =>
    (...args: unknown[]) =>
      new Promise<never>((resolve, reject) => {
        if (lost !== undefined) return reject(lost);
        const id = ++lastId;
        port.postMessage({ id, method, args }, buffersOf(given[method]?.(...(args as Parameters<Sealing[M]>)) ?? []));
        waiting.set(id, { resolve, reject });
      });
  return {
    seal: call('seal'),
    open: call('open'),
    sealJson: call('sealJson'),
    openJson: call('openJson'),
    sealDossiers: call('sealDossiers'),
    repack: call('repack'),
    openRows: call('openRows'),
    openContent: call('openContent'),
    keepScans: call('keepScans'),
    tokens: call('tokens'),
    sealSegment: call('sealSegment'),
    mergeBuckets: call('mergeBuckets'),
    ranksWith: call('ranksWith'),
  };
}
