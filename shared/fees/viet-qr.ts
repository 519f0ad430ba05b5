/** The VietQR of an amount to pay: an EMV QR (NAPAS, tag 38) made without any network. That it was paid is known only to the bank. */
import { QRPay } from 'vietnam-qr-pay/dist/qr-pay.js';
import { z } from 'zod';
import { fold } from '../lib/fold.ts';

export const bankAccountSchema = z.strictObject({
  /** Six digits that NAPAS gave the bank, e.g. 970436. */
  bin: z.string().regex(/^\d{6}$/u),
  accountNumber: z.string().regex(/^[0-9A-Za-z]{3,19}$/u),
  accountName: z.string().trim().min(1).max(100),
});
export type BankAccount = z.infer<typeof bankAccountSchema>;

/** Field 62.08 of EMVCo's merchant-presented mode. */
const MEMO_LENGTH = 25;

/** Letters, digits and single blanks: what every bank's app passes on unchanged. */
export const memoOf = (text: string): string =>
  fold(text)
    .toUpperCase()
    .replace(/[^A-Z0-9]+/gu, ' ')
    .trim()
    .slice(0, MEMO_LENGTH)
    .trim();

/** Throws on anything but a whole, positive amount in đồng. */
export function vietQr({ bin, accountNumber }: BankAccount, amountVnd: number, memo: string): string {
  if (!Number.isSafeInteger(amountVnd) || amountVnd <= 0) throw new RangeError(`amount of ${amountVnd} đồng`);
  return QRPay.initVietQR({ bankBin: bin, bankNumber: accountNumber, amount: String(amountVnd), purpose: memoOf(memo) }).build();
}
