/** The only user of `ipcMain`: trusts the sender, checks the role, parses the arguments, then calls the handler. */
import { ipcMain, webContents, type IpcMainEvent, type IpcMainInvokeEvent } from 'electron';
import type { argsParsers, ArgsOf, Channel, EventName, IpcEvents, LaneAnswer, LaneCall, ResultOf } from '../shared/ipc/contract.ts';
import { channelNames, eventName, LANE, laneChannels, requestName } from '../shared/ipc/names.ts';
import { mayCall } from '../shared/ipc/permissions.ts';
import type { Role } from '../shared/settings/settings.ts';
import type { Log } from './log.ts';
import { ORIGIN } from './protocol.ts';

/** Handlers see checked arguments only; a channel without a handler does not compile. */
export type Handlers = { [C in Channel]: (args: ArgsOf<C>) => Promise<ResultOf<C>> | ResultOf<C> };

/** What answers the channels, once the counter is open. */
export type Service = { handlers: Handlers; parsers: typeof argsParsers };

const isOurMainFrame = ({ senderFrame, sender }: IpcMainInvokeEvent | IpcMainEvent): boolean =>
  senderFrame !== null && senderFrame === sender.mainFrame && senderFrame.url.startsWith(`${ORIGIN}/index.html`);

/** The page may ask before the counter is open; it is answered as soon as it is. */
export function serveIpc(opening: Promise<Service>, role: Role, log: Log): void {
  // Whoever opens it hears why it failed; here only those who asked do.
  opening.catch(() => undefined);
  const answer = createAnswer(opening, role, log);
  for (const channel of channelNames) {
    ipcMain.handle(requestName(channel), (event, raw: unknown) => {
      if (!isOurMainFrame(event)) throw refusal(log, channel);
      return answer(channel, raw);
    });
  }
  // Whoever holds the port got it from our page: it is bound to no other document and ends with it.
  ipcMain.on(LANE, (event) => {
    const [port] = event.ports;
    if (!isOurMainFrame(event)) return void refusal(log, LANE);
    port?.on('message', ({ data }: { data: unknown }) => {
      if (!isLaneCall(data)) return void refusal(log, LANE);
      const { id, channel, args } = data;
      void answer(channel, args)
        .then(
          (result): LaneAnswer => ({ id, result }),
          (error: unknown): LaneAnswer => ({ id, error: error instanceof Error ? error.message : String(error) }),
        )
        .then((said) => port.postMessage(said));
    });
    port?.start();
  });
}

const isLaneCall = (data: unknown): data is LaneCall =>
  typeof data === 'object' && data !== null && 'id' in data && 'channel' in data && laneChannels.some((channel) => channel === data.channel);

function refusal(log: Log, what: string): Error {
  log.error(`ipc ${what}: refused, not from our page`);
  return new Error('refused');
}

function createAnswer(opening: Promise<Service>, role: Role, log: Log) {
  return async function answer<C extends Channel>(channel: C, raw: unknown): Promise<ResultOf<C>> {
    if (!mayCall(role, channel)) {
      log.error(`ipc ${channel}: refused for role ${role}`);
      throw new Error(`not allowed for role ${role}`);
    }
    const { handlers, parsers } = await opening;
    const parsed = parsers[channel].safeParse(raw);
    if (!parsed.success) {
      // Paths and codes only: the values may be a citizen's.
      const where = parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.code}`).join(', ');
      log.error(`ipc ${channel}: bad arguments: ${where}`);
      throw new Error(`bad arguments: ${where}`);
    }
    return handlers[channel](parsed.data);
  };
}

/** To every page of ours; a page that is loading or gone is passed over. */
export function tell<E extends EventName>(event: E, payload: IpcEvents[E]): void {
  for (const contents of webContents.getAllWebContents()) {
    if (!contents.isDestroyed() && contents.getURL().startsWith(`${ORIGIN}/index.html`)) contents.send(eventName(event), payload);
  }
}
