/** Judges a receipt file the province gave for a take-away: signed by our province, for this device, of this journal. */
import { open } from 'node:fs/promises';
import { compactVerify, importJWK } from 'jose';
import { fail, ok, type Failure, type Result } from '../../shared/lib/result.ts';
import { MAX_RECEIPT_BYTES, RECEIPT_TYPE, receiptSchema, type TakeawayReceipt } from '../../shared/takeaway/receipt.ts';
import type { Journal } from '../journal/journal.ts';
import type { Identity } from '../sync/identity.ts';

export type ReceiptFailure = Failure<
  'not-enrolled' | 'receipt-unreadable' | 'receipt-not-signed' | 'receipt-newer' | 'receipt-foreign' | 'receipt-other-journal'
>;

type Options = { path: string; identity: Identity | undefined; journal: Pick<Journal, 'journalId' | 'find' | 'head'> };

export async function readReceipt({ path, identity, journal }: Options): Promise<Result<TakeawayReceipt, ReceiptFailure>> {
  if (identity === undefined) return fail('not-enrolled');
  const text = await readText(path);
  if (text === undefined || !/^[\w-]+\.[\w-]+\.[\w-]+$/u.test(text)) return fail('receipt-unreadable');
  const said = await verified(text, identity.serverKey);
  if (said === undefined) return fail('receipt-not-signed');
  if (typeof said === 'object' && said !== null && 'version' in said && said.version !== 1) return fail('receipt-newer');
  const receipt = receiptSchema.safeParse(said);
  if (!receipt.success) return fail('receipt-unreadable');
  const { deviceId, journalId, status } = receipt.data;
  if (deviceId !== identity.deviceId || journalId !== journal.journalId) return fail('receipt-foreign');
  const { head } = status;
  // What the province holds at its head must be what stands here, or this is not the journal it speaks of.
  const own = head.seq === 0 ? undefined : await journal.find(head.seq);
  if (head.seq > journal.head().seq || (own !== undefined && own.hash !== head.hash)) return fail('receipt-other-journal');
  return ok(receipt.data);
}

async function readText(path: string): Promise<string | undefined> {
  const file = await open(path, 'r').catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    if ((await file.stat()).size > MAX_RECEIPT_BYTES) return undefined;
    return (await file.readFile('utf8')).trim();
  } catch {
    return undefined;
  } finally {
    await file.close();
  }
}

async function verified(text: string, serverKey: Identity['serverKey']): Promise<unknown> {
  try {
    const { payload, protectedHeader } = await compactVerify(text, await importJWK({ ...serverKey }, 'ES256'), { algorithms: ['ES256'] });
    // The province signs tokens with the same key; only a receipt is a receipt.
    return protectedHeader.typ === RECEIPT_TYPE ? JSON.parse(new TextDecoder().decode(payload)) : undefined;
  } catch {
    return undefined;
  }
}
