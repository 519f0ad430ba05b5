/** A province that goes away in the middle of a request, in each way a line fails: afterwards everything is there exactly once. */
import { certifiedCopy, withOwnScans } from '../fixtures/intakes.ts';
import { pngPage } from '../fixtures/scans.ts';
import { paths } from '../../shared/sync/protocol.ts';
import type { Line } from '../fakes/tcp-proxy.ts';
import { expect, test } from './office.ts';

const cuts: Array<{ name: string; line: Line; seed: number; says: RegExp }> = [
  { name: 'answers are lost on the way back', line: { kind: 'answers-lost' }, seed: 61, says: /Không liên lạc được/u },
  { name: 'the answer to the dossier is lost after its commit', line: { kind: 'answers-lost', path: paths.journal }, seed: 66, says: /Không liên lạc được/u },
  { name: 'a gateway is busy', line: { kind: 'answer', status: '502 Bad Gateway', body: '<html>' }, seed: 67, says: /đang bận/u },
  { name: 'requests break off in the middle', line: { kind: 'cut-after', bytes: 700 }, seed: 62, says: /Không liên lạc được/u },
  { name: 'nothing ever comes back', line: { kind: 'silent' }, seed: 63, says: /Không liên lạc được/u },
  { name: 'a captive portal answers instead', line: { kind: 'portal' }, seed: 64, says: /nơi trả lời không phải máy chủ của tỉnh/u },
];

test('however the line fails, a dossier arrives exactly once', async ({ office }) => {
  const { officer } = await office.open();
  await officer.sees('province', 'Đã nối');
  for (const { name, line, seed, says } of cuts) {
    await test.step(name, async () => {
      office.line.set(line);
      await officer.startIntake();
      await officer.fillIn(withOwnScans(certifiedCopy, seed));
      const code = await officer.accept();
      await officer.sees('province', 'Ngoại tuyến');
      await officer.inPanel('province', (panel) => expect(panel).toContainText(says));
      expect(await office.arrived(code)).toMatchObject({ verified: 0 });

      office.line.set({ kind: 'up' });
      await officer.sendNow();
      await expect.poll(() => office.arrived(code), { timeout: 60_000 }).toEqual({ dossiers: 1, entries: 1, scans: 2, verified: 2 });
      await officer.sees('province', 'Đã nối');
    });
  }
  // Nothing was offered twice under another number either.
  const [journal] = await office.province.query<{ entries: string; operations: string; head: string }>(
    `select count(*) entries, count(distinct operation_id) operations, max(d.head_seq) head
       from journal_entries e join devices d using (device_id) where device_id = (select device_id from dossiers order by arrival desc limit 1)`,
  );
  expect(journal?.entries).toBe(journal?.operations);
  expect(journal?.entries).toBe(journal?.head);
});

test('a large scan goes on where the line was cut, and the panel says what slows it down', async ({ office }) => {
  const { officer } = await office.open({ sync: { scans: { maxKbps: 4_000 } } });
  await officer.sees('province', 'Đã nối');
  const scan = pngPage(65, { width: 2_480, height: 3_508 });
  expect(scan.byteLength).toBeGreaterThan(1_500_000);
  const script = withOwnScans(certifiedCopy, 65);
  await officer.startIntake();
  await officer.fillIn({ ...script, papers: { ...script.papers, 'original-paper': [{ name: 'lon.png', mimeType: 'image/png', buffer: scan }] } });
  const sentBefore = office.line.bytesUp();
  office.line.set({ kind: 'cut-after', bytes: 600_000 });
  const code = await officer.accept();
  await officer.inPanel('province', (panel) => expect(panel).toContainText('Tối đa 4000 kbit/s'));
  const pane = await officer.openDossier(code);
  // Each try gets 600 kB further; only one that goes on where the last ended ever gets it all across.
  for (let tries = 0; tries < 20; tries++) {
    await officer.sendNow();
    if ((await office.arrived(code)).verified === 2) break;
    await officer.page.waitForTimeout(300);
  }
  expect(await office.arrived(code)).toEqual({ dossiers: 1, entries: 1, scans: 2, verified: 2 });
  expect(office.line.bytesUp() - sentBefore).toBeLessThan(scan.byteLength * 1.5);
  const [stored] = await office.province.query<{ bytes: number }>(
    'select max(s.bytes) bytes from dossier_scans s join dossiers d using (dossier_id) where d.code = $1',
    [code],
  );
  expect(stored?.bytes).toBe(scan.byteLength);
  await expect(pane).toContainText('Tỉnh đã xác nhận');
});
