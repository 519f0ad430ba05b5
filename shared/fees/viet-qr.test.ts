import { describe, expect, it } from 'vitest';
import { bankAccountSchema, memoOf, vietQr } from './viet-qr.ts';

const account = bankAccountSchema.parse({ bin: '970436', accountNumber: '1017595600', accountName: 'UBND XA AN BINH' });

/** EMVCo: two digits of tag, two of length, the value; read back without the library that wrote it. */
function fieldsOf(text: string): Record<string, string> {
  const fields: Record<string, string> = {};
  for (let at = 0; at < text.length;) {
    const length = Number(text.slice(at + 2, at + 4));
    fields[text.slice(at, at + 2)] = text.slice(at + 4, at + 4 + length);
    at += 4 + length;
  }
  return fields;
}
/** CRC-16/CCITT-FALSE: polynomial 0x1021, from 0xFFFF, nothing reflected. */
function crc16(text: string): string {
  let crc = 0xffff;
  for (const byte of Buffer.from(text, 'ascii')) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 0x8000) === 0 ? (crc << 1) & 0xffff : ((crc << 1) ^ 0x1021) & 0xffff;
  }
  return crc.toString(16).toUpperCase().padStart(4, '0');
}

describe('vietQr', () => {
  it('says bank, account, amount and memo where NAPAS says they stand, and ends in its checksum', () => {
    const text = vietQr(account, 150_000, 'H36.12-261123-0403');
    const fields = fieldsOf(text);
    const merchant = fieldsOf(fields['38'] ?? '');
    expect(merchant['00']).toBe('A000000727');
    expect(fieldsOf(merchant['01'] ?? '')).toEqual({ '00': '970436', '01': '1017595600' });
    expect(merchant['02']).toBe('QRIBFTTA');
    expect([fields['00'], fields['01'], fields['53'], fields['54'], fields['58']]).toEqual(['01', '12', '704', '150000', 'VN']);
    expect(fieldsOf(fields['62'] ?? '')).toEqual({ '08': 'H36 12 261123 0403' });
    expect(text.slice(-4)).toBe(crc16(text.slice(0, -4)));
  });
  it('refuses an amount nobody can pay', () => {
    for (const amount of [0, -1, 0.5, Number.NaN]) expect(() => vietQr(account, amount, 'x')).toThrow(RangeError);
  });
  it('keeps of a memo only what every bank passes on', () => {
    expect(memoOf('Phí hồ sơ: Đặng  Thị Ơ – số 0012345678901234567890')).toBe('PHI HO SO DANG THI O SO 0');
    expect(memoOf('\u001b@…')).toBe('');
  });
});
