/** The settings file (`QMC_CONFIG`): validated whole at start; a wrong field stops the start and is named. */
import { z } from 'zod';
import { printerLettersSchema } from '../printing/code-pages.ts';
import { paperSettingsSchema } from '../printing/paper-settings.ts';
import { seats } from '../queue/seat-kinds.ts';
import { scanHoursSchema } from '../sync/scan-hours.ts';
import { voiceSettingsSchema } from '../voice/settings.ts';

export const roles = ['officer', 'postal', 'lobby', 'board'] as const;
export type Role = (typeof roles)[number];

const id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,59}$/u);

export const printerSettingsSchema = z
  .strictObject({
    id,
    name: z.string().min(1).max(100),
    use: z.enum(['thermal', 'document']).default('thermal'),
    connection: z.discriminatedUnion('type', [
      z.strictObject({ type: z.literal('tcp'), host: z.string().min(1).max(255), port: z.int().min(1).max(65535).default(9100) }),
      /** The demo office's printer: a real TCP socket on loopback that draws the paper to PNG. */
      z.strictObject({ type: z.literal('virtual'), port: z.int().min(0).max(65535).default(0) }),
      /** On a cable: the device file of Linux, e.g. `/dev/usb/lp0`. */
      z.strictObject({ type: z.literal('device'), path: z.string().regex(/^\/dev\/(?!.*\.\.)[\w/.-]{1,100}$/u) }),
      /** A queue of the operating system (CUPS, Windows): the only connection of a `document` printer. */
      z.strictObject({ type: z.literal('queue'), name: z.string().regex(/^[^\p{Cc}-][^\p{Cc}]{0,199}$/u) }),
    ]),
    paperWidthMm: z.union([z.literal(80), z.literal(58)]).default(80),
    /** `generic`: models that know ESC/POS as Epson wrote it and little more. */
    driver: z.enum(['epson', 'star', 'generic']).default('epson'),
    /** `none`: this model answers no status question (DLE EOT). `auto` finds that out by its silence. */
    status: z.enum(['auto', 'none']).default('auto'),
    /**
     * `raster` draws every letter and is right on every model. A code page of the printer and its `ESC t` number, chosen by looking at
     * a test print, prints tickets and short receipts in the printer's own letters, in a fraction of the bytes: for slow lines.
     */
    mode: z.union([z.literal('raster'), printerLettersSchema]).default('raster'),
    cutter: z.boolean().default(true),
    /** Kicks the cash drawer after a fee receipt. */
    drawer: z.boolean().default(false),
  })
  .refine(({ driver, mode }) => driver !== 'star' || mode === 'raster', { path: ['mode'], message: 'a Star printer prints rasters only' });
export type PrinterSettings = z.infer<typeof printerSettingsSchema>;

export const queueGroupSchema = z.strictObject({ id, letter: z.string().regex(/^[A-Z]$/u), name: z.string().min(1).max(100), fields: z.array(id).default([]) });
export type QueueGroup = z.infer<typeof queueGroupSchema>;

const provinceSchema = z
  .strictObject({
    url: z.url({ protocol: /^https?$/u }),
    enrolmentCode: z.string().min(4).max(40).optional(),
    /** For a closed network: PEM of the province's certificate or of the authority that signs it; no other authority is trusted then. */
    certificate: z
      .string()
      .max(40_000)
      .regex(/^-----BEGIN CERTIFICATE-----\n/u)
      .optional(),
    /** Or the SHA-256 fingerprint of the province's own certificate, as `openssl x509 -fingerprint -sha256` prints it. */
    pin: z
      .string()
      .regex(/^[0-9a-f]{2}(:?[0-9a-f]{2}){31}$/iu)
      .optional(),
  })
  // Never quietly without what was asked for.
  .refine(({ url, certificate, pin }) => (certificate === undefined && pin === undefined) || url.startsWith('https:'), {
    path: ['url'],
    message: 'must be https when a certificate or a pin is given',
  })
  .refine(({ certificate, pin }) => certificate === undefined || pin === undefined, { path: ['pin'], message: 'either a certificate or a pin' });

export const settingsSchema = z.strictObject({
  role: z.enum(roles),
  office: z.strictObject({
    id,
    name: z.string().min(1).max(200),
    /** Agency identifier that opens every dossier code, e.g. `H36.12`. */
    agencyCode: z.string().regex(/^[A-Z0-9][A-Z0-9.]{1,30}$/u),
    agencyName: z.string().min(1).max(200),
    address: z.string().max(300).optional(),
    phone: z.string().max(30).optional(),
    areaClass: id.optional(),
  }),
  counter: z.string().min(1).max(60).default('1'),
  operator: z.strictObject({ id, name: z.string().min(1).max(200), title: z.string().max(100).optional() }),
  province: provinceSchema,
  printers: z.array(printerSettingsSchema).max(20).default([]),
  /** Header, seal text, footer, bank account and the province's own papers. */
  papers: paperSettingsSchema.prefault({}),
  scanners: z
    .array(
      z.discriminatedUnion('type', [
        /** `afterwards`: what becomes of a file once it is safe here; moved ones lie unsealed in the folder's `da-nhan`. */
        z.strictObject({
          id,
          name: z.string().min(1).max(100),
          type: z.literal('watched-folder'),
          path: z.string().min(1),
          afterwards: z.enum(['move', 'delete']).default('move'),
        }),
        /** A network scanner that mDNS does not show; others need no setting. */
        z.strictObject({ id, name: z.string().min(1).max(100), type: z.literal('escl'), address: z.string().min(1).max(300) }),
      ]),
    )
    .max(20)
    .default([]),
  queueGroups: z.array(queueGroupSchema).min(1).max(26),
  /**
   * This device's part in the office's queue. `hub` holds it, `standby` takes over, `member` asks the hub, `alone` is its own hub.
   * `address`: where the hub listens (`host:port`) if it is not found by itself; `boardPort`: plain HTTP for any TV, 0 for none;
   * `pairingCode`: the six digits a hub shows, for a device without a keyboard; used once, at a start within their five minutes.
   * `doorsCloseAt`: from then on kiosks give no more numbers that day.
   */
  queue: z
    .strictObject({
      seat: z.enum(seats).default('alone'),
      port: z.int().min(0).max(65535).default(7643),
      address: z.string().min(1).max(300).optional(),
      pairingCode: z
        .string()
        .regex(/^\d{6}$/u)
        .optional(),
      boardPort: z.int().min(0).max(65535).default(0),
      doorsCloseAt: z
        .string()
        .regex(/^([01]\d|2[0-3]):[0-5]\d$/u)
        .optional(),
    })
    .prefault({}),
  /** `{agency}-{yymmdd}-{order4}`; the pattern is the province's, never hard-coded. */
  codePattern: z
    .string()
    .regex(/\{agency\}.*\{yymmdd\}.*\{order4\}/u)
    .default('{agency}-{yymmdd}-{order4}'),
  /** Days after the province's confirmation before a copy leaves this device; `backupDays`: how long until the province's own backups hold it. */
  retention: z
    .strictObject({
      scanDays: z.int().min(0).max(3650).default(30),
      dossierDays: z.int().min(0).max(3650).default(365),
      backupDays: z.int().min(0).max(365).default(7),
    })
    .prefault({}),
  /** What of the line scans may take, e.g. `{ "scans": { "windows": [{ "from": "07:30", "to": "17:00", "maxKbps": 500 }] } }`; dossiers always go at once. */
  sync: z.strictObject({ scans: scanHoursSchema.prefault({}) }).prefault({}),
  /** The line of text along the bottom of the board; without it a word of welcome. */
  board: z.strictObject({ notice: z.string().trim().min(1).max(200).optional() }).prefault({}),
  /** What the board says aloud. */
  voice: voiceSettingsSchema.prefault({}),
  /** `supervisorPin`: its Argon2id hash in encoded form (`npm run pin`); without one nobody leaves the kiosk by a PIN. */
  lobby: z
    .strictObject({
      supervisorPin: z
        .string()
        .max(300)
        .regex(/^\$argon2id\$v=19\$m=\d{1,7},t=\d{1,2},p=\d{1,2}\$[\w+/]+\$[\w+/]+$/u)
        .optional(),
    })
    .prefault({}),
  language: z.enum(['vi', 'en']).default('vi'),
  theme: z.enum(['system', 'light', 'dark', 'high-contrast']).default('system'),
  /** `development` allows a key file where the operating system has no key store; said loudly on screen. */
  profile: z.enum(['production', 'development']).default('production'),
});
export type Settings = z.infer<typeof settingsSchema>;
/** What the renderer may know of the settings. */
export type PublicSettings = Omit<Settings, 'province' | 'lobby'> & { province: { url: string }; demoOffice: boolean; unprotectedKeys: boolean };
