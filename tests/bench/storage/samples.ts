/** The dossier everyone saves: about 4 KB of record and 3 scans of 500 KB, never the same twice. */
import { resolveProcedure, selectionOf } from '../../../shared/catalogue/resolve.ts';
import type { Catalogue } from '../../../shared/catalogue/catalogue.ts';
import type { DossierId, Intake, Paper } from '../../../shared/dossiers/dossier.ts';
import type { ScanRef } from '../../../shared/scanning/scan.ts';

export const SCANS = 3;
export const SCAN_BYTES = 500 * 1000;
export const RECORD_BYTES = 4096;
/** Birth registration: no fee to enter, no case to choose. */
const PROCEDURE = '1.001193';

export type Sample = {
  dossierId: DossierId;
  draftId: string;
  intake: (scans: readonly ScanRef[]) => Intake;
  /** The same facts as a plain record, for those who know no intake. */
  record: Record<string, unknown>;
  scans: Array<Uint8Array<ArrayBuffer>>;
};

export type Random = () => number;

/** xorshift32: 32 bits at a time, so that scans nobody can compress cost no time worth naming. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  };
}

const uuid = (random: Random): string => {
  const hex = Array.from({ length: 4 }, () => random().toString(16).padStart(8, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
};

/** To every reader a PDF by its first bytes; what follows cannot be compressed, as in a scan. */
function scan(random: Random): Uint8Array<ArrayBuffer> {
  const words = new Uint32Array(SCAN_BYTES / 4);
  for (let at = 0; at < words.length; at++) words[at] = random();
  const bytes = new Uint8Array(words.buffer);
  bytes.set(new TextEncoder().encode('%PDF-1.7\n'));
  return bytes;
}

export function createSampler(catalogue: Catalogue, random: Random): () => Sample {
  const procedure = catalogue.procedures.find(({ code }) => code === PROCEDURE);
  if (procedure === undefined) throw new Error(`no procedure ${PROCEDURE} in the catalogue`);
  const facts: Pick<Intake, 'channel' | 'facts' | 'feeInputs'> = { channel: 'counter', facts: [], feeInputs: { copies: 1, pages: 1, enteredVnd: {} } };
  const requirements = resolveProcedure(procedure, selectionOf(facts, 'person')).papers;

  const intakeWith = (scans: readonly ScanRef[], note: string, idNumber: string, capturedAtMs: number): Intake => ({
    ...facts,
    procedureCode: procedure.code,
    procedureName: procedure.name,
    catalogueVersion: catalogue.version,
    applicant: { kind: 'person', fullName: 'Nguyễn Thị Ánh Dương', idNumber, residence: 'Số 12, thôn Đông, xã An Bình', phone: '0912345678' },
    formData: { note },
    papers: requirements.map(({ id, name, need, originals, certifiedCopies, photocopies }, nth): Paper => ({
      requirementId: id,
      name,
      required: need === 'required',
      originals,
      certifiedCopies,
      photocopies,
      state: 'received',
      pages: nth > 0 ? [] : scans.map((ref, page) => ({ ...ref, pageId: `p${page}`, rotation: 0, source: 'scanner', capturedAtMs, capturedBy: 'can-bo-1' })),
    })),
    sets: 1,
    resultDelivery: 'counter',
  });

  const bytesOf = (value: unknown): number => new TextEncoder().encode(JSON.stringify(value)).length;
  return () => {
    const scans = Array.from({ length: SCANS }, () => scan(random));
    const idNumber = String(random()).padStart(12, '0');
    const atMs = Date.now();
    const placeholders: ScanRef[] = scans.map(() => ({ sha256: '0'.repeat(64), bytes: SCAN_BYTES, mediaType: 'application/pdf' }));
    const missing = RECORD_BYTES - bytesOf(intakeWith(placeholders, '', idNumber, atMs));
    const note = Array.from({ length: Math.ceil(Math.max(0, missing) / 8) }, () => random().toString(16).padStart(8, '0'))
      .join('')
      .slice(0, Math.max(0, missing));
    const dossierId = uuid(random) as DossierId;
    return {
      dossierId,
      draftId: uuid(random),
      intake: (refs) => intakeWith(refs, note, idNumber, atMs),
      record: { ...intakeWith(placeholders, note, idNumber, atMs), dossierId, acceptedAtMs: atMs },
      scans,
    };
  };
}
