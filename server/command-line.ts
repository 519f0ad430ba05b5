/** Owns what the command line of the province may say. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { publicationKinds } from '../shared/publications/publication.ts';
import { upstreamNameSchema } from '../shared/upstreams/upstream.ts';
import { supervisorNameSchema } from '../shared/supervisor/contract.ts';

export const usage = `Usage:
  province [--port 8080] [--host 127.0.0.1] [--data DIR | --database-url URL]
           [--tls-cert FILE --tls-key FILE] [--metrics-port N [--metrics-host 127.0.0.1]] [--trust-proxy CIDR,…]
           [--lease-size 100] [--lease-days 60] [--log-level info] [--exit-with-parent]
           [--settings FILE] [--simulate-upstreams] [--demo-code CODE --office ID --agency CODE]
  province enrolment-code --office ID --agency CODE [--days 14] [--replaces DEVICE_ID] [--data DIR | --database-url URL]
  province monitoring --from YYYY-MM-DD --to YYYY-MM-DD [--office ID] [--as-of TIME] [--format csv|json]
           [--data DIR | --database-url URL]
  province supervisor add|renew|remove NAME [--data DIR | --database-url URL]
  province revoke --device DEVICE_ID [--destroy now|when-delivered] [--data DIR | --database-url URL]
  province restored [--data DIR | --database-url URL]
  province publish catalogue|calendar|users FILE [--data DIR | --database-url URL]
  province publications [--data DIR | --database-url URL]
  province import FILE [--receipt FILE] [--settings FILE] [--data DIR | --database-url URL]
  province copy-scans --settings FILE [--data DIR | --database-url URL]
  province partitions [--detach YYYY-MM | --attach YYYY-MM] [--data DIR | --database-url URL]
  province upstreams [--data DIR | --database-url URL]
  province requeue --upstream NAME [--dossier ID] [--data DIR | --database-url URL]
  province simulate-upstreams [--port 9090]

  --data              folder of scans and of the province's own PostgreSQL (QMC_PROVINCE_DATA)
  --database-url      any other PostgreSQL, version 15 or later (DATABASE_URL)
  --tls-cert, --tls-key  PEM files: speak HTTPS; devices of a closed network pin the certificate (province.pin)
  --metrics-port      answer Prometheus at /metrics on a port of its own; keep it inside the server room
  --trust-proxy       addresses or networks of the proxies before this server, e.g. 10.0.0.5,192.168.7.0/24: only what these
                      say of a caller's address (X-Forwarded-For) is believed, and limits count by it
  --replaces          the new device takes the place of this one, which is revoked when the code is used:
                      take in its take-away file before, what it had not sent is refused afterwards
  --settings          JSON file of the province: its specialised systems and what goes where, and the S3-compatible store
                      of its scans if they are not to be in --data (QMC_PROVINCE_SETTINGS)
  --simulate-upstreams  connects every specialised system to a simulation of it; for demonstrations only
  --upstream          igate, civil-registry, land, business-registry or vneid: sends the dossiers it stopped at again
  supervisor          who may sign in at /giam-sat; add and renew print a new password, once
  --destroy           the device destroys its keys, by a signed order: now, at its next contact, or when it has delivered
                      everything; until then it may send but gets no more numbers
  restored            to be run after the database was restored from a backup, before the server starts: devices then offer
                      again what the backup does not hold, and no number of the forgotten time is given out again.
                      Take a new backup right after it
  publish             JSON for every counter: a catalogue (as the counter's own screen imports it), a calendar, or the users;
                      counters have it within a minute, an intake in progress keeps the catalogue it began with
  publications        everything that was published, in order
  partitions          the tables of the journal, one a month; --detach takes a month out that is over, so that its table can be
                      dumped and dropped, and --attach puts it back: what is out is not in the monitoring figures, and
                      statements of its days stay as they were judged. What was applied is never applied again
  copy-scans          from the folder in --data to the bucket of --settings, each checked by its digest; goes on where it was
                      stopped, and may run while the servers do. Says what was copied, and what is damaged or missing
  --receipt           where the answer to a take-away file is written (FILE.qmc-bien-nhan)
  --as-of             scans verified and due dates passed by this moment (ISO 8601), now unless said: the same moment gives
                      the same figures whenever they are computed
  --exit-with-parent  stop when standard input ends: for a program that starts the province as its child
  --demo-code         an enrolment code that works anew after every start; for demonstrations only`;

const officeOptions = { office: z.string().min(1).max(60).optional(), agency: z.string().min(1).max(60).optional() };

const supervisorActions = ['add', 'renew', 'remove'] as const;

/** Addresses and networks, IPv4 and IPv6. A name, or everybody, is no proxy of ours. */
const proxiesSchema = z
  .string()
  .transform((text) => text.split(',').map((one) => one.trim()))
  .pipe(
    z
      .array(z.union([z.cidrv4(), z.cidrv6(), z.ipv4(), z.ipv6()]))
      .min(1)
      .max(100),
  )
  .refine((all) => all.every((one) => !one.endsWith('/0')), { message: 'everybody is no proxy' });

const monthSchema = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/u, 'a month is YYYY-MM');

const commandSchema = z.object({
  command: z.enum([
    'serve',
    'enrolment-code',
    'revoke',
    'restored',
    'supervisor',
    'import',
    'copy-scans',
    'publish',
    'publications',
    'monitoring',
    'partitions',
    'upstreams',
    'requeue',
    'simulate-upstreams',
  ]),
  port: z.coerce.number().int().min(0).max(65_535).default(8080),
  host: z.string().min(1).default('127.0.0.1'),
  data: z.string().min(1),
  'database-url': z.string().min(1).optional(),
  'lease-size': z.coerce.number().int().min(1).max(9_999).default(100),
  'lease-days': z.coerce.number().int().min(1).max(366).default(60),
  'log-level': z.enum(['silent', 'fatal', 'error', 'warn', 'info', 'debug']).default('info'),
  'metrics-port': z.coerce.number().int().min(0).max(65_535).optional(),
  'metrics-host': z.string().min(1).default('127.0.0.1'),
  'trust-proxy': proxiesSchema.optional(),
  'tls-cert': z.string().min(1).optional(),
  'tls-key': z.string().min(1).optional(),
  'exit-with-parent': z.boolean().default(false),
  'demo-code': z.string().trim().min(4).max(40).optional(),
  replaces: z.uuid().optional(),
  from: z.iso.date().optional(),
  to: z.iso.date().optional(),
  'as-of': z.iso.datetime({ offset: true }).optional(),
  format: z.enum(['csv', 'json']).default('csv'),
  device: z.uuid().optional(),
  destroy: z.enum(['now', 'when-delivered']).optional(),
  days: z.coerce.number().int().min(1).max(365).default(14),
  /** What `supervisor` does, and with whom. */
  action: z.enum(supervisorActions).optional(),
  name: supervisorNameSchema.optional(),
  /** The file of `publish`, or the take-away file of `import` and where its receipt goes (beside it unless said). */
  file: z.string().min(1).optional(),
  /** What the file of `publish` is. */
  kind: z.enum(publicationKinds).optional(),
  receipt: z.string().min(1).optional(),
  detach: monthSchema.optional(),
  attach: monthSchema.optional(),
  settings: z.string().min(1).optional(),
  'simulate-upstreams': z.boolean().default(false),
  upstream: upstreamNameSchema.optional(),
  dossier: z.uuid().optional(),
  help: z.boolean().default(false),
  ...officeOptions,
});

export type Command = z.infer<typeof commandSchema>;

/** Where the data are kept when nobody says: the place for services for root, the user's own otherwise. */
const defaultDataDir = (): string =>
  process.getuid?.() === 0
    ? '/var/lib/quay-mot-cua/province'
    : join(process.env['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share'), 'quay-mot-cua', 'province');

/** What stands behind a command's name, in order. */
const operandsOf: Record<string, readonly string[]> = { import: ['file'], publish: ['kind', 'file'], supervisor: ['action', 'name'] };

/** Throws an Error whose message names the option. */
export function parseCommand(args: readonly string[], env: NodeJS.ProcessEnv): Command {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      port: { type: 'string' },
      host: { type: 'string' },
      data: { type: 'string' },
      'database-url': { type: 'string' },
      'lease-size': { type: 'string' },
      'lease-days': { type: 'string' },
      'log-level': { type: 'string' },
      'metrics-port': { type: 'string' },
      'metrics-host': { type: 'string' },
      'trust-proxy': { type: 'string' },
      'tls-cert': { type: 'string' },
      'tls-key': { type: 'string' },
      'exit-with-parent': { type: 'boolean' },
      'demo-code': { type: 'string' },
      days: { type: 'string' },
      replaces: { type: 'string' },
      device: { type: 'string' },
      destroy: { type: 'string' },
      receipt: { type: 'string' },
      detach: { type: 'string' },
      attach: { type: 'string' },
      settings: { type: 'string' },
      'simulate-upstreams': { type: 'boolean' },
      upstream: { type: 'string' },
      dossier: { type: 'string' },
      from: { type: 'string' },
      to: { type: 'string' },
      'as-of': { type: 'string' },
      format: { type: 'string' },
      help: { type: 'boolean' },
      office: { type: 'string' },
      agency: { type: 'string' },
    },
  });
  const [command = 'serve', ...operands] = positionals;
  const wanted = operandsOf[command] ?? [];
  if (operands.length > wanted.length) throw new Error(`one command at a time: ${positionals.join(' ')}`);
  const missing = wanted[operands.length];
  if (missing !== undefined) throw new Error(`${command} needs: ${missing}`);
  if (command === 'copy-scans' && values.settings === undefined && env['QMC_PROVINCE_SETTINGS'] === undefined) throw new Error('copy-scans needs --settings');
  if (command === 'revoke' && values.device === undefined) throw new Error('revoke needs --device');
  const parsed = commandSchema.safeParse({
    command,
    ...Object.fromEntries(wanted.map((name, index) => [name, operands[index]])),
    ...values,
    data: values.data ?? env['QMC_PROVINCE_DATA'] ?? defaultDataDir(),
    'database-url': values['database-url'] ?? env['DATABASE_URL'],
    settings: values.settings ?? env['QMC_PROVINCE_SETTINGS'],
  });
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new Error(`${issue?.path.join('.') ?? 'command line'}: ${issue?.message ?? 'not understood'}`);
  }
  if (parsed.data.command === 'requeue' && parsed.data.upstream === undefined) throw new Error('requeue needs --upstream');
  const { from, to } = parsed.data;
  if (parsed.data.command === 'monitoring' && (from === undefined || to === undefined || from > to))
    throw new Error('--from and --to are needed, in this order');
  if (parsed.data.detach !== undefined && parsed.data.attach !== undefined) throw new Error('--detach or --attach, one at a time');
  if ((parsed.data['tls-cert'] === undefined) !== (parsed.data['tls-key'] === undefined)) throw new Error('--tls-cert and --tls-key are needed together');
  const needsOffice = parsed.data.command === 'enrolment-code' || parsed.data['demo-code'] !== undefined;
  if (needsOffice && (parsed.data.office === undefined || parsed.data.agency === undefined)) throw new Error('--office and --agency are needed with a code');
  return parsed.data;
}
