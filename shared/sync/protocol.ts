/** The only definition of the protocol between a counter and the province (JSON over HTTP; scans by tus 1.0). */
import { z } from 'zod';
import { numberLeaseSchema } from '../journal/operation.ts';
import { outcomeSchema } from '../reconciliation/compare.ts';
import { sha256Schema } from '../scanning/scan.ts';

export const PROTOCOL_VERSION = 1;
/** Largest batch of journal entries in one request. */
export const MAX_BATCH = 500;
export const PROTOCOL_HEADER = 'x-qmc-protocol';

export const paths = {
  health: '/healthz',
  ready: '/readyz',
  openapi: '/openapi.json',
  hello: '/v1/hello',
  enrol: '/v1/enrolments',
  token: '/v1/tokens',
  journal: '/v1/journal',
  status: '/v1/status',
  numbers: '/v1/numbers',
  deviceReport: '/v1/devices/report',
  dossiers: '/v1/offices/:officeId/dossiers',
  scans: '/v1/scans',
  officeScan: '/v1/offices/:officeId/scans/:sha256',
  officeDossier: '/v1/offices/:officeId/dossiers/:dossierId',
  dossierBodies: '/v1/offices/:officeId/dossier-bodies',
  upstreams: '/v1/upstreams',
  officeDeliveries: '/v1/offices/:officeId/deliveries',
  dossierUpstreams: '/v1/offices/:officeId/dossiers/:dossierId/upstreams',
  statements: '/v1/statements',
  changes: '/v1/changes',
  document: '/v1/documents/:sha256',
  lookUp: '/v1/dossier-status',
} as const;

/** A path of `paths` with its parameters put in, each escaped. */
export const pathOf = (path: string, parameters: Record<string, string>): string =>
  path.replace(/:(\w+)/gu, (_, name: string) => encodeURIComponent(parameters[name] ?? ''));

/** POST /v1/enrolments. The code is typed once by a person; the public key is an EC P-256 JWK. */
export const enrolRequestSchema = z.object({
  code: z.string().trim().min(4).max(40),
  publicKey: z.object({ kty: z.literal('EC'), crv: z.literal('P-256'), x: z.string().max(64), y: z.string().max(64) }),
  journalId: z.uuid(),
  deviceName: z.string().max(100),
  appVersion: z.string().max(40),
});
export type EnrolRequest = z.infer<typeof enrolRequestSchema>;

export const enrolAnswerSchema = z.object({
  deviceId: z.uuid(),
  /** Small number unique to the device in its agency, used in the emergency series of dossier codes. */
  instance: z.int().min(1),
  officeId: z.string(),
  agencyCode: z.string(),
  epoch: z.int().nonnegative(),
  /** The province's public key (EC P-256 JWK); every hello answer is checked against it. */
  serverKey: z.object({ kty: z.literal('EC'), crv: z.literal('P-256'), x: z.string(), y: z.string() }),
  /** The device this one takes the place of: its office's dossiers are to be fetched again. */
  replaces: z.uuid().optional(),
  lease: numberLeaseSchema,
});
export type EnrolAnswer = z.infer<typeof enrolAnswerSchema>;

/** POST /v1/hello: "online" means this answer, signed, not `navigator.onLine`; a captive portal cannot give it. */
export const helloRequestSchema = z.object({ nonce: z.string().min(16).max(128) });
/** `signature`: base64url ECDSA P-256/SHA-256 (IEEE P1363) over `qmc-hello.${nonce}.${timeMs}`. */
export const helloAnswerSchema = z.object({ nonce: z.string(), timeMs: z.int(), epoch: z.int(), signature: z.string() });
export type HelloAnswer = z.infer<typeof helloAnswerSchema>;

/** POST /v1/tokens: `assertion` is a JWT (ES256) signed by the device key: iss=deviceId, aud='qmc-province', exp ≤ 5 min, jti. */
export const tokenRequestSchema = z.object({ assertion: z.string().max(4096) });
export const tokenAnswerSchema = z.object({ token: z.string(), expiresInS: z.int().positive() });

/**
 * POST /v1/journal (up to 32 MB, gzip welcome). `operation` is deliberately unknown here: one entry the server
 * cannot read is rejected alone and never blocks the batch.
 */
export const wireEntrySchema = z.object({
  seq: z.int().min(1),
  operationId: z.uuid(),
  atMs: z.int().nonnegative(),
  monotonicMs: z.number().nonnegative(),
  operatorId: z.string().max(100),
  previousHash: sha256Schema,
  hash: sha256Schema,
  operation: z.unknown(),
});
export type WireEntry = z.infer<typeof wireEntrySchema>;

/**
 * The province's word, signed, on how far it holds a journal. Given back with each request: a province that was restored
 * from a backup learns from it that it forgot, and raises its epoch. `signature`: as of hello, over `headReceiptText`.
 */
export const headReceiptSchema = z.object({
  epoch: z.int().nonnegative(),
  seq: z.int().nonnegative(),
  hash: sha256Schema,
  signature: z.string().max(200),
});
export type HeadReceipt = z.infer<typeof headReceiptSchema>;
export const headReceiptText = (deviceId: string, { epoch, seq, hash }: Omit<HeadReceipt, 'signature'>): string =>
  `qmc-head.${deviceId}.${epoch}.${seq}.${hash}`;

export const journalRequestSchema = z.object({
  journalId: z.uuid(),
  entries: z.array(wireEntrySchema).min(1).max(MAX_BATCH),
  receipt: headReceiptSchema.optional(),
});
export type JournalRequest = z.infer<typeof journalRequestSchema>;

/**
 * `rejected` had no effect and may be offered again unchanged; it is then judged anew. Reasons: `invalid` (with
 * field), `unknown-operation` (the server is older than the app), `code-taken`, `dossier-exists`, `foreign-office`,
 * `foreign-device`, `foreign-ticket`, `lease-taken`, `forbidden-character` (NUL, half a surrogate pair), `forbidden-key`, `too-deep`,
 * `not-storable`, `wrong-hash` (changed on its way: offer it again), `operation-conflict` (one id, two bodies) and
 * `journal-forked` (the journal was copied or set back: this device must enrol anew with a new journal).
 * `needs-newer-app`: nothing was stored, the head stays.
 */
export const entryAnswerSchema = z.object({
  operationId: z.uuid(),
  seq: z.int(),
  status: z.enum(['applied', 'duplicate', 'rejected', 'needs-newer-app']),
  reason: z.string().optional(),
  /** JSON pointer of the field to mend, when rejected. */
  field: z.string().optional(),
});
export type EntryAnswer = z.infer<typeof entryAnswerSchema>;

export const journalAnswerSchema = z.object({
  epoch: z.int(),
  /** Highest seq such that every entry up to it has been answered for good, and the hash stored for it. */
  head: z.object({ seq: z.int().nonnegative(), hash: sha256Schema }),
  receipt: headReceiptSchema.optional(),
  /** In order of seq. An entry behind a gap gets no answer: offer again from the head. */
  results: z.array(entryAnswerSchema),
});
export type JournalAnswer = z.infer<typeof journalAnswerSchema>;

/**
 * The province orders one device to destroy its keys; good for ever. `signature`: as of hello, over `destroyOrderText`.
 * With a `device-revoked` refusal it means now, with a status answer as soon as everything has been delivered.
 */
export const destroyOrderSchema = z.object({ deviceId: z.uuid(), signature: z.string().max(200) });
export type DestroyOrder = z.infer<typeof destroyOrderSchema>;
export const destroyOrderText = (deviceId: string, when: 'now' | 'when-delivered'): string => `qmc-destroy-${when}.${deviceId}`;

/** POST /v1/status: which of these dossiers and scans the province holds, verified by digest. */
export const statusRequestSchema = z.object({
  dossierIds: z.array(z.uuid()).max(1000),
  scans: z.array(sha256Schema).max(5000),
  receipt: headReceiptSchema.optional(),
});
export type StatusRequest = z.infer<typeof statusRequestSchema>;
export const statusAnswerSchema = z.object({
  epoch: z.int(),
  head: z.object({ seq: z.int().nonnegative(), hash: sha256Schema }),
  receipt: headReceiptSchema.optional(),
  dossiers: z.array(z.object({ dossierId: z.uuid(), scansExpected: z.int(), scansVerified: z.int(), confirmed: z.boolean() })),
  verifiedScans: z.array(sha256Schema),
  destroy: destroyOrderSchema.optional(),
  /** Cursor of the newest publication that concerns the caller's office; see `shared/publications`. */
  changes: z.string().max(60).optional(),
});
export type StatusAnswer = z.infer<typeof statusAnswerSchema>;

/**
 * POST /v1/numbers → a further lease, never overlapping any other of the agency. Until the device has journalled
 * a lease (`numbers.leased`), asking gives that one again.
 */
export const numbersAnswerSchema = z.object({ epoch: z.int(), lease: numberLeaseSchema });

/**
 * tus `Upload-Metadata` of a scan. Creating answers 208 (`already-verified`, no Location) when the office's scan is
 * held already. The last PATCH answers 460 (`wrong-digest`) or 415 (`wrong-media-type`) and the upload is removed.
 */
// A POST that carries the whole scan (creation-with-upload) answers 201 when it is verified. One that was cut may be gone on with
// at `paths.scans`/id, where id is the first 32 hex digits of the SHA-256 of `wholeUploadText`; 404: nothing of it is there.
export const wholeUploadText = (deviceId: string, sha256: string): string => `${deviceId}/${sha256}`;
export const scanMetadataSchema = z.object({ sha256: sha256Schema, mediaType: z.string().max(60) });

/** GET /v1/offices/:officeId/dossiers?after=cursor&limit=… */
export const dossierListAnswerSchema = z.object({
  dossiers: z.array(
    z.object({
      dossierId: z.uuid(),
      code: z.string(),
      procedureCode: z.string(),
      acceptedAtMs: z.int(),
      dueAtMs: z.int().nullable(),
      confirmed: z.boolean(),
      scansExpected: z.int(),
      scansVerified: z.int(),
    }),
  ),
  next: z.string().nullable(),
});

/** A dossier as the province holds it. `dossier` is the body as it came, with fields that only another version knows. */
const heldDossierSchema = z.object({ dossier: z.unknown(), confirmed: z.boolean() });

/** GET /v1/offices/:officeId/dossiers/:dossierId: for a device whose own copy has left it. */
export const dossierAnswerSchema = heldDossierSchema;

export const MAX_BODIES_PAGE = 100;
/** GET /v1/offices/:officeId/dossier-bodies?after=cursor&limit=…: what the devices took in whose place the caller took, the last to arrive first. */
export const dossierBodiesAnswerSchema = z.object({ dossiers: z.array(heldDossierSchema), next: z.string().nullable(), total: z.int().nonnegative() });

/**
 * POST /v1/statements: the end-of-day statement as text (its canonical JSON) and the device's signature over `signedText` of
 * it. The same statement may come any number of times; each time it is compared anew. Refused: `wrong-signature`,
 * `foreign-journal`, `inconsistent`, `statement-conflict` (another statement of the same date at the same head).
 */
export const statementRequestSchema = z.object({ text: z.string().max(8 * 1024 * 1024), signature: z.string().max(200) });
export type StatementRequest = z.infer<typeof statementRequestSchema>;
export const statementAnswerSchema = z.object({ date: z.iso.date(), headSeq: z.int(), outcome: outcomeSchema });
export type StatementAnswer = z.infer<typeof statementAnswerSchema>;

// GET /v1/offices/:officeId/scans/:sha256 answers the bytes of a scan the office has sent, named by their digest.

/** Body of every 4xx/5xx answer. */
export const problemSchema = z.object({ kind: z.string(), message: z.string(), destroy: destroyOrderSchema.optional() });
