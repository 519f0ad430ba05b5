/** Amounts in Vietnamese words, as receipts must show them beside the figures (số tiền bằng chữ). */
import { doReadNumber, ReadingConfig } from 'read-vietnamese-number';

const config = new ReadingConfig();
config.unit = ['đồng'];
config.units = [[], ['nghìn'], ['triệu'], ['tỷ']];

/** `Một triệu hai trăm năm mươi nghìn đồng`. Throws on anything but whole đồng: an amount that was never computed must not be printed. */
export function amountInWords(amountVnd: number): string {
  if (!Number.isSafeInteger(amountVnd) || amountVnd < 0) throw new RangeError(`amount of ${amountVnd} đồng`);
  const words = doReadNumber(String(amountVnd), config);
  return words.charAt(0).toUpperCase() + words.slice(1);
}
