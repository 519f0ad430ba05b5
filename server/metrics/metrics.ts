/** Owns what Prometheus is told: how the server works, in numbers and fixed words; never a code, a name or an address. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { EntryAnswer } from '../../shared/sync/protocol.ts';
import type { Figures } from './figures-store.ts';

export type Metrics = {
  /** `route`: its pattern, not the address asked for. */
  request(request: { method: string; route: string; status: number; seconds: number }): void;
  batch(results: readonly EntryAnswer[]): void;
  scanVerified(bytes: number): void;
  alarm(): void;
  /** Memory, event loop, garbage collection too; not before someone listens, for their observers run all the while. */
  watchProcess(): void;
  /** In Prometheus's text format; asks the database, and says so in `qmc_figures_readable` when that fails. */
  text(): Promise<string>;
  contentType: string;
};

type Sources = {
  figures(): Promise<Figures>;
  pool(): { total: number; idle: number; waiting: number };
  journal(): { running: number; inside: number; turnedAway: number };
};

export function createMetrics({ figures, pool, journal }: Sources): Metrics {
  const registry = new Registry();
  const registers = [registry];

  const durations = new Histogram({
    name: 'qmc_request_seconds',
    help: 'Time from the last byte of a request’s head to the end of its answer',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 60, 300],
    registers,
  });
  const batches = new Histogram({ name: 'qmc_journal_batch_entries', help: 'Entries answered in one batch', buckets: [1, 10, 50, 100, 200, 500], registers });
  const entries = new Counter({ name: 'qmc_journal_entries_total', help: 'Entries by what became of them', labelNames: ['status', 'reason'], registers });
  const scans = new Counter({ name: 'qmc_scans_verified_total', help: 'Scans verified by digest', registers });
  const scanBytes = new Counter({ name: 'qmc_scan_bytes_total', help: 'Bytes of verified scans', registers });
  const alarms = new Counter({ name: 'qmc_alarms_total', help: 'Alarms raised', registers });
  const devices = new Gauge({ name: 'qmc_devices', help: 'Devices by last contact', labelNames: ['contact'], registers });
  const waiting = new Gauge({ name: 'qmc_waiting_at_devices', help: 'What waits at the devices, as they last reported', labelNames: ['what'], registers });
  const openAlarms = new Gauge({ name: 'qmc_alarms_open', help: 'Alarms nobody has seen', registers });
  const uploads = new Gauge({ name: 'qmc_uploads_under_way', help: 'Uploads that some server is receiving', registers });
  const monthsAhead = new Gauge({
    name: 'qmc_journal_months_ahead',
    help: 'Months after this one the journal has tables for; 0: the next one’s is missing',
    registers,
  });
  const readable = new Gauge({ name: 'qmc_figures_readable', help: '1 when the figures of the database could be read', registers });
  new Gauge({
    name: 'qmc_database_connections',
    help: 'The pool: connections, those idle, and requests waiting for one',
    labelNames: ['state'],
    registers,
    collect() {
      for (const [state, count] of Object.entries(pool())) this.set({ state }, count);
    },
  });

  new Gauge({
    name: 'qmc_journal_requests',
    help: 'Deliveries of journal entries: at work, and inside (at work, waiting or still sending)',
    labelNames: ['state'],
    registers,
    collect() {
      const { running, inside } = journal();
      this.set({ state: 'running' }, running);
      this.set({ state: 'inside' }, inside);
    },
  });
  new Gauge({
    name: 'qmc_journal_turned_away',
    help: 'Deliveries that were given a later time since the start',
    registers,
    collect() {
      this.set(journal().turnedAway);
    },
  });

  return {
    request: ({ method, route, status, seconds }) => durations.observe({ method, route, status: String(status) }, seconds),
    batch(results) {
      batches.observe(results.length);
      for (const { status, reason = '' } of results) entries.inc({ status, reason });
    },
    scanVerified(bytes) {
      scans.inc();
      scanBytes.inc(bytes);
    },
    alarm: () => alarms.inc(),
    watchProcess: () => collectDefaultMetrics({ register: registry }),
    async text() {
      const read = await figures().catch(() => undefined);
      readable.set(read === undefined ? 0 : 1);
      if (read !== undefined) {
        for (const [contact, count] of Object.entries(read.devices)) devices.set({ contact }, count);
        for (const [what, count] of Object.entries(read.waiting)) waiting.set({ what }, count);
        openAlarms.set(read.openAlarms);
        uploads.set(read.uploadsUnderWay);
        monthsAhead.set(read.journalMonthsAhead);
      }
      return registry.metrics();
    },
    contentType: registry.contentType,
  };
}
