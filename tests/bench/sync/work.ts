/** The work every contender is given: dossiers of 4 KB as people fill them in, and scans nobody can compress. */
import { createHash } from 'node:crypto';
import type { Dossier, DossierId } from '../../../shared/dossiers/dossier.ts';
import { aDossier } from '../../fixtures/dossiers.ts';
import { seeded } from '../../fixtures/journals.ts';

export const RECORD_BYTES = 4096;
export const SCAN_BYTES = 1024 * 1024;

const onsets = ['b', 'c', 'ch', 'd', 'đ', 'g', 'h', 'kh', 'l', 'm', 'n', 'ng', 'nh', 'ph', 'qu', 's', 't', 'th', 'tr', 'v', 'x'];
const rimes = ['a', 'à', 'ai', 'anh', 'ấp', 'âu', 'ế', 'ên', 'iếu', 'ình', 'oà', 'ông', 'ợi', 'uận', 'ường', 'uyện', 'ức', 'ý'];
const fields = ['hoTenCha', 'hoTenMe', 'noiSinh', 'queQuan', 'thuongTru', 'tamTru', 'danToc', 'quocTich', 'lyDo', 'ghiChu', 'giayToKemTheo', 'noiDungDeNghi'];

type Random = (below: number) => number;

const uuidOf = (random: Random): string => {
  const hex = Array.from({ length: 32 }, () => random(16).toString(16)).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
};

const wordOf = (random: Random): string => `${onsets[random(onsets.length)]}${rimes[random(rimes.length)]}`;

/** Every word is drawn anew, as if no two citizens had anything in common: the least that gzip can make of Vietnamese forms. */
export function recordsOf(seed: number, count: number): Dossier[] {
  const random = seeded(seed);
  const plain = Buffer.byteLength(JSON.stringify(aDossier()));
  return Array.from({ length: count }, (_, nth) => {
    const formData: Record<string, string> = {};
    let bytes = plain;
    for (let at = 0; bytes < RECORD_BYTES; at += 1) {
      const value = Array.from({ length: Math.min(60, 8 + random(20)) }, () => wordOf(random)).join(' ');
      const name = `${fields[at % fields.length]}${at < fields.length ? '' : String(Math.floor(at / fields.length))}`;
      const room = RECORD_BYTES - bytes;
      formData[name] = Buffer.byteLength(value) > room ? Buffer.from(value).subarray(0, room).toString('utf8').replaceAll('\uFFFD', '') : value;
      bytes += Buffer.byteLength(formData[name]) + name.length + 6;
    }
    return aDossier({ dossierId: uuidOf(random) as DossierId, code: `H36.12-261122-${String(nth).padStart(7, '0')}`, formData });
  });
}

/** A PDF's first bytes and then noise. */
export function scansOf(seed: number, count: number): Buffer[] {
  return Array.from({ length: count }, (_, nth) => {
    const blocks: Buffer[] = [Buffer.from('%PDF-1.4\n')];
    let block = createHash('sha512').update(`${seed} ${nth}`).digest();
    for (let bytes = 9; bytes < SCAN_BYTES; bytes += block.length) {
      block = createHash('sha512').update(block).digest();
      blocks.push(block);
    }
    return Buffer.concat(blocks).subarray(0, SCAN_BYTES);
  });
}
