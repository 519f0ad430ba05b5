/** The only user of `ipcMain`: trusts the sender, checks the role, parses the arguments, then calls the handler. */
import { ipcMain, webContents, type IpcMainInvokeEvent } from 'electron';
import type { argsParsers, ArgsOf, Channel, EventName, IpcEvents, ResultOf } from '../shared/ipc/contract.ts';
import { channelNames, eventName, requestName } from '../shared/ipc/names.ts';
import { mayCall } from '../shared/ipc/permissions.ts';
import type { Role } from '../shared/settings/settings.ts';
import type { Log } from './log.ts';
import { ORIGIN } from './protocol.ts';

/** Handlers see checked arguments only; a channel without a handler does not compile. */
export type Handlers = { [C in Channel]: (args: ArgsOf<C>) => Promise<ResultOf<C>> | ResultOf<C> };

/** What answers the channels, once the counter is open. */
export type Service = { handlers: Handlers; parsers: typeof argsParsers };

const isOurMainFrame = ({ senderFrame, sender }: IpcMainInvokeEvent): boolean =>
  senderFrame !== null && senderFrame === sender.mainFrame && senderFrame.url.startsWith(`${ORIGIN}/index.html`);

/** The page may ask before the counter is open; it is answered as soon as it is. */
export function serveIpc(opening: Promise<Service>, role: Role, log: Log): void {
  // Whoever opens it hears why it failed; here only those who asked do.
  opening.catch(() => undefined);
  for (const channel of channelNames) serveChannel(channel, opening, role, log);
}

function serveChannel<C extends Channel>(channel: C, opening: Promise<Service>, role: Role, log: Log): void {
  ipcMain.handle(requestName(channel), async (event, raw: unknown): Promise<ResultOf<C>> => {
    if (!isOurMainFrame(event)) {
      log.error(`ipc ${channel}: refused, foreign sender`);
      throw new Error('refused');
    }
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
  });
}

/** To every page of ours; a page that is loading or gone is passed over. */
export function tell<E extends EventName>(event: E, payload: IpcEvents[E]): void {
  for (const contents of webContents.getAllWebContents()) {
    if (!contents.isDestroyed() && contents.getURL().startsWith(`${ORIGIN}/index.html`)) contents.send(eventName(event), payload);
  }
}
