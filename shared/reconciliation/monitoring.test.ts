import { describe, expect, it } from 'vitest';
import { aDossier } from '../../tests/fixtures/dossiers.ts';
import type { Dossier, DossierId, Paper } from '../dossiers/dossier.ts';
import { instantOf } from '../lib/time.ts';
import { csvOf } from './csv.ts';
import { createMonitoring, isScanned, monitoringCsv, wayOf, type MonitoringRow } from './monitoring.ts';

const page = {
  sha256: 'a'.repeat(64),
  bytes: 1,
  mediaType: 'image/png' as const,
  pageId: 'p',
  rotation: 0 as const,
  source: 'file' as const,
  capturedAtMs: 1,
  capturedBy: 'lan',
};
const aPaper = (change: Partial<Paper> = {}): Paper => ({
  requirementId: 'a',
  name: 'A',
  required: true,
  originals: 0,
  certifiedCopies: 0,
  photocopies: 0,
  state: 'received',
  pages: [page],
  ...change,
});

describe('how a dossier was received', () => {
  it.each<[string, Partial<Dossier>, string]>([
    ['at the counter', { channel: 'counter' }, 'counter'],
    ['by post', { channel: 'post' }, 'post'],
    ['online, files only, result by electronic way', { channel: 'online', papers: [aPaper()], resultDelivery: 'electronic' }, 'onlineFull'],
    ['online, files only, result by post', { channel: 'online', papers: [aPaper()], resultDelivery: 'post' }, 'onlineFull'],
    ['online, result fetched at the counter', { channel: 'online', papers: [aPaper()], resultDelivery: 'counter' }, 'onlinePartial'],
    ['online, an original handed in', { channel: 'online', papers: [aPaper({ originals: 1 })], resultDelivery: 'electronic' }, 'onlinePartial'],
    ['online, a photocopy handed in', { channel: 'online', papers: [aPaper({ photocopies: 1 })], resultDelivery: 'electronic' }, 'onlinePartial'],
    ['online, a paper still owed', { channel: 'online', papers: [aPaper({ state: 'owed', pages: [] })], resultDelivery: 'electronic' }, 'onlinePartial'],
    ['online, an optional paper left out', { channel: 'online', papers: [aPaper({ state: 'absent', pages: [] })], resultDelivery: 'electronic' }, 'onlineFull'],
  ])('%s', (_, change, way) => expect(wayOf(aDossier(change))).toBe(way));
});

describe('scanned', () => {
  it.each<[string, Paper[], boolean]>([
    ['every received paper has a page', [aPaper(), aPaper()], true],
    ['one received paper has none', [aPaper(), aPaper({ pages: [] })], false],
    ['what is owed or absent needs none', [aPaper(), aPaper({ state: 'owed', pages: [] }), aPaper({ state: 'absent', pages: [] })], true],
    ['nothing was received on paper', [], true],
  ])('%s', (_, papers, scanned) => expect(isScanned({ papers })).toBe(scanned));
});

const asOfMs = instantOf('2026-11-24', '12:00');
let n = 0;
const dossier = (change: Partial<Dossier> = {}): Dossier =>
  aDossier({ dossierId: `0192f3a0-8d2f-7c55-8e1f-${String((n += 1)).padStart(12, '0')}` as DossierId, papers: [aPaper()], ...change });
const rowsOf = (dossiers: Array<[Dossier, boolean]>, change: Partial<Parameters<typeof createMonitoring>[0]> = {}): MonitoringRow[] => {
  const monitoring = createMonitoring({ from: '2026-11-23', to: '2026-11-24', asOfMs, ...change });
  for (const [one, isVerified] of dossiers) monitoring.add(one, isVerified);
  return monitoring.rows();
};

describe('the figures', () => {
  it.each<[string, Partial<Dossier>, boolean, Partial<MonitoringRow>]>([
    ['scans verified', {}, true, { accepted: 1, digitised: 1 }],
    ['scans not verified yet', {}, false, { accepted: 1, digitised: 0 }],
    ['a paper without a scan', { papers: [aPaper({ pages: [] })] }, true, { digitised: 0 }],
    ['due later', { dueAtMs: instantOf('2026-11-24', '17:00') }, true, { inTime: 1, overdue: 0, noDueDate: 0 }],
    ['due before', { dueAtMs: instantOf('2026-11-24', '11:59') }, true, { inTime: 0, overdue: 1, noDueDate: 0 }],
    ['due at that very moment', { dueAtMs: asOfMs }, true, { inTime: 1, overdue: 0 }],
    ['no due date', { dueAtMs: null }, true, { inTime: 0, overdue: 0, noDueDate: 1 }],
  ])('%s', (_, change, isVerified, figures) => expect(rowsOf([[dossier(change), isVerified]])).toMatchObject([figures]));

  it('are by office and procedure, of the period only, and count a dossier journalled twice once', () => {
    const twice = dossier({ procedureCode: '2' });
    const rows = rowsOf([
      [twice, true],
      [twice, true],
      [dossier({ procedureCode: '1' }), true],
      [dossier({ procedureCode: '1', channel: 'post' }), true],
      [dossier({ officeId: 'a' }), true],
      [dossier({ acceptedAtMs: instantOf('2026-11-22', '23:59') }), true],
      [dossier({ acceptedAtMs: instantOf('2026-11-25', '00:00') }), true],
      [dossier({ acceptedAtMs: asOfMs + 1 }), true],
    ]);
    expect(rows.map(({ officeId, procedureCode, accepted, counter, post }) => [officeId, procedureCode, accepted, counter, post])).toEqual([
      ['a', '1.001193', 1, 1, 0],
      ['nguyen-hue', '1', 2, 1, 1],
      ['nguyen-hue', '2', 1, 1, 0],
    ]);
    expect(
      rowsOf(
        [
          [dossier({ officeId: 'a' }), true],
          [dossier(), true],
        ],
        { officeId: 'a' },
      ),
    ).toHaveLength(1);
  });

  it('do not change with the order', () => {
    const all = [dossier(), dossier({ channel: 'post' }), dossier({ procedureCode: '2', dueAtMs: null })].map((one): [Dossier, boolean] => [one, true]);
    expect(rowsOf([...all].reverse())).toEqual(rowsOf(all));
  });
});

describe('CSV', () => {
  it.each([
    ['=1+1', `'=1+1`],
    ['+84 912', `'+84 912`],
    ['-5', `'-5`],
    ['@SUM(A1)', `'@SUM(A1)`],
    ['  =1+1', `'  =1+1`],
    ['\t=1', `'\t=1`],
    ['＝1+1', `'＝1+1`],
    ['a,b', '"a,b"'],
    ['a"b', '"a""b"'],
    ['=HYPERLINK("x";"y")', `"'=HYPERLINK(""x"";""y"")"`],
    ['Đăng ký khai sinh', 'Đăng ký khai sinh'],
  ])('%j is inert', (cell, text) => expect(csvOf(['h'], [[cell, -5]])).toBe(`\uFEFFh\r\n${text},-5\r\n`));

  it('has a column for every figure', () => {
    const rows = rowsOf([[dossier({ procedureName: '=cmd()' }), true]]);
    expect(monitoringCsv({ from: '2026-11-23', to: '2026-11-24', asOfMs }, rows)).toBe(
      '\uFEFFfrom,to,as_of,office,procedure,procedure_name,accepted,online_full,online_partial,counter,post,digitised,in_time,overdue,no_due_date\r\n' +
        "2026-11-23,2026-11-24,2026-11-24T05:00:00.000Z,nguyen-hue,1.001193,'=cmd(),1,0,0,1,0,1,0,1,0\r\n",
    );
  });
});
