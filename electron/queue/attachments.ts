/** What citizens left with their tickets (a form told beforehand): sealed files, one a ticket, gone when the day is over. */
import { readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { fail, ok, type Failure, type Result } from '../../shared/lib/result.ts';
import { dateAt, type Clock } from '../../shared/lib/time.ts';
import { MAX_ATTACHMENT_BYTES } from '../../shared/queue/office.ts';
import { isDiskFull, isMissing, preparePrivateFolder, writeDurably } from '../files.ts';
import type { Vault } from '../keys/vault.ts';
import type { Log } from '../log.ts';

export type Attachments = {
  /** The last one given counts. `isToSend`: the holder of the queue does not have it yet. */
  put(ticketId: string, text: string, isToSend: boolean): Promise<Result<null, Failure<'disk-full' | 'attachment-too-large'>>>;
  get(ticketId: string): Promise<string | null>;
  toSend(): Promise<string[]>;
  /** The holder has this text; what was put since is still to be sent. */
  sent(ticketId: string, text: string): Promise<void>;
  /** Removes what is of an earlier day, by this device's clock. */
  dropOld(): Promise<void>;
};

const contentSchema = z.object({ date: z.string(), text: z.string() });
const KEPT = '.sealed';
const TO_SEND = '.to-send';
/** Tickets of one day with a form; a device that is flooded keeps what it has. */
const MOST = 5000;

export async function openAttachments({ folder, vault, clock, log }: { folder: string; vault: Vault; clock: Clock; log: Log }): Promise<Attachments> {
  await preparePrivateFolder(folder);
  const contextOf = (ticketId: string): string => `queue-attachment/${ticketId}`;
  const ticketOf = (name: string): string => name.replace(/\.(?:sealed|to-send)$/u, '');

  async function read(ticketId: string): Promise<z.infer<typeof contentSchema> | undefined> {
    for (const end of [KEPT, TO_SEND]) {
      try {
        return contentSchema.parse(JSON.parse(vault.open(await readFile(join(folder, `${ticketId}${end}`)), contextOf(ticketId)).toString('utf8')));
      } catch (error) {
        if (!isMissing(error)) log.warn('queue: an attachment cannot be read');
      }
    }
    return undefined;
  }

  async function dropOld(): Promise<void> {
    const today = dateAt(clock());
    for (const name of await readdir(folder)) {
      const content = await read(ticketOf(name));
      if (content === undefined || content.date < today) await rm(join(folder, name), { force: true });
    }
  }
  await dropOld();

  /** One change of the folder after the other: what was sent must not be taken for what was put meanwhile. */
  let changing: Promise<unknown> = Promise.resolve();
  function inTurn<T>(change: () => Promise<T>): Promise<T> {
    const changed = changing.then(change);
    changing = changed.catch(() => undefined);
    return changed;
  }

  async function put(ticketId: string, text: string, isToSend: boolean): ReturnType<Attachments['put']> {
    if (Buffer.byteLength(text) > 4 * MAX_ATTACHMENT_BYTES || (await readdir(folder)).length >= MOST) return fail('attachment-too-large');
    const sealed = vault.seal(Buffer.from(JSON.stringify({ date: dateAt(clock()), text })), contextOf(ticketId));
    const [end, other] = isToSend ? [TO_SEND, KEPT] : [KEPT, TO_SEND];
    try {
      await writeDurably(join(folder, `${ticketId}${end}`), sealed);
      await rm(join(folder, `${ticketId}${other}`), { force: true });
      return ok(null);
    } catch (error) {
      if (isDiskFull(error)) return fail('disk-full');
      throw error;
    }
  }

  async function sent(ticketId: string, text: string): Promise<void> {
    if ((await read(ticketId))?.text !== text) return;
    await rename(join(folder, `${ticketId}${TO_SEND}`), join(folder, `${ticketId}${KEPT}`)).catch((error: unknown) => {
      if (!isMissing(error)) throw error;
    });
  }

  return {
    put: (ticketId, text, isToSend) => inTurn(() => put(ticketId, text, isToSend)),
    get: async (ticketId) => (await read(ticketId))?.text ?? null,
    toSend: async () => (await readdir(folder)).filter((name) => name.endsWith(TO_SEND)).map(ticketOf),
    sent: (ticketId, text) => inTurn(() => sent(ticketId, text)),
    dropOld: () => inTurn(dropOld),
  };
}
