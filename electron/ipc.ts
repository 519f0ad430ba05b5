/** The only user of `ipcMain`: trusts the sender, checks the role, parses the arguments, then calls the handler. */
import { ipcMain, webContents, type IpcMainInvokeEvent } from 'electron';
import { argsParsers, type ArgsOf, type Channel, type EventName, type IpcEvents, type ResultOf } from '../shared/ipc/contract.ts';
import { channelNames, eventName, requestName } from '../shared/ipc/names.ts';
import { mayCall } from '../shared/ipc/permissions.ts';
import type { Role } from '../shared/settings/settings.ts';
import type { Log } from './log.ts';
import { ORIGIN } from './protocol.ts';

/** Handlers see checked arguments only; a channel without a handler does not compile. */
export type Handlers = { [C in Channel]: (args: ArgsOf<C>) => Promise<ResultOf<C>> | ResultOf<C> };

const isOurMainFrame = ({ senderFrame, sender }: IpcMainInvokeEvent): boolean =>
  senderFrame !== null && senderFrame === sender.mainFrame && senderFrame.url.startsWith(`${ORIGIN}/index.html`);

export function serveIpc(handlers: Handlers, role: Role, log: Log): void {
  for (const channel of channelNames) serveChannel(channel, handlers, role, log);
}

function serveChannel<C extends Channel>(channel: C, handlers: Handlers, role: Role, log: Log): void {
  ipcMain.handle(requestName(channel), async (event, raw: unknown): Promise<ResultOf<C>> => {
    if (!isOurMainFrame(event)) {
      log.error(`ipc ${channel}: refused, foreign sender`);
      throw new Error('refused');
    }
    if (!mayCall(role, channel)) {
      log.error(`ipc ${channel}: refused for role ${role}`);
      throw new Error(`not allowed for role ${role}`);
    }
    const parsed = argsParsers[channel].safeParse(raw);
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
