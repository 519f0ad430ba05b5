/** The bridge as the page uses it: what is large goes over a port of its own, everything else as the preload offers it. */
import type { ArgsOf, Bridge, Channel, LaneAnswer, LaneCall, Preloaded, ResultOf } from '../../shared/ipc/contract.ts';
import { LANE, laneChannels } from '../../shared/ipc/names.ts';

type Waiting = { resolve(result: never): void; reject(error: Error): void };

/** Until the port is there, every call goes the other way. */
export function openLane(preloaded: Preloaded): Bridge {
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  let port: MessagePort | undefined;

  function settle(answer: LaneAnswer): void {
    const call = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ('error' in answer) call?.reject(new Error(answer.error));
    else call?.resolve(answer.result as never);
  }

  function take({ source, data, ports }: MessageEvent<unknown>): void {
    if (source !== window || data !== LANE) return;
    removeEventListener('message', take);
    port = ports[0];
    if (port !== undefined) port.onmessage = ({ data: answer }: MessageEvent<LaneAnswer>) => settle(answer);
  }
  addEventListener('message', take);
  preloaded.openLane();

  return {
    on: preloaded.on,
    invoke<C extends Channel>(channel: C, ...args: ArgsOf<C> extends undefined ? [] : [ArgsOf<C>]): Promise<ResultOf<C>> {
      const way = port;
      if (way === undefined || !laneChannels.includes(channel)) return preloaded.invoke(channel, ...args);
      return new Promise((resolve, reject) => {
        const id = ++lastId;
        way.postMessage({ id, channel, args: args[0] } satisfies LaneCall);
        waiting.set(id, { resolve, reject });
      });
    },
  };
}
