/** The whole bridge. Forwards contract channels only and never hands an event object to the page. */
import { contextBridge, ipcRenderer } from 'electron';
import { channelNames, eventName, eventNames, LANE, requestName } from '../shared/ipc/names.ts';
import type { Preloaded } from '../shared/ipc/contract.ts';

const bridge = {
  invoke: async (channel, ...args) => {
    if (!channelNames.includes(channel)) throw new Error(`unknown channel ${String(channel)}`);
    return ipcRenderer.invoke(requestName(channel), args[0]);
  },
  on: (event, listener) => {
    if (!eventNames.includes(event)) throw new Error(`unknown event ${String(event)}`);
    const forward = (_: unknown, payload: Parameters<typeof listener>[0]): void => listener(payload);
    ipcRenderer.on(eventName(event), forward);
    return () => ipcRenderer.off(eventName(event), forward);
  },
  openLane: () => {
    const { port1, port2 } = new MessageChannel();
    ipcRenderer.postMessage(LANE, null, [port2]);
    window.postMessage(LANE, location.origin, [port1]);
  },
} satisfies Preloaded;

contextBridge.exposeInMainWorld('counter', bridge);
