/** Specialised systems as an officer sees them: one down since when, what waits, and an intake that never notices. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSimulator } from '../../server/upstreams/simulator/simulator.ts';
import { birth, withOwnScans } from '../fixtures/intakes.ts';
import { startProvince } from '../fixtures/province.ts';
import { OFFICE, officeSettings } from '../fixtures/settings.ts';
import { officerAt } from './officer.ts';
import { expect, test } from './test.ts';

test('a specialised system that is down is seen at the counter and holds up nothing', async ({ launchCounter }) => {
  const simulator = await startSimulator();
  const folder = await mkdtemp(join(tmpdir(), 'qmc-upstreams-'));
  const settings = join(folder, 'province.json');
  const breaker = { openAfter: 1, restMs: 500, longestRestMs: 1_000 };
  const systems = Object.fromEntries(Object.entries(simulator.settings()).map(([name, where]) => [name, { ...where, breaker }]));
  await writeFile(settings, JSON.stringify({ upstreams: { pollMs: 100, systems } }));
  const province = await startProvince({ officeId: OFFICE.id, agencyCode: OFFICE.agencyCode, args: ['--settings', settings] });
  try {
    simulator.system('civil-registry').mode = { kind: 'down' };
    const { page } = await launchCounter({ settings: officeSettings({ provinceUrl: province.url, enrolmentCode: province.code }) });
    const officer = officerAt(page);
    await officer.isReady();
    await officer.sees('province', 'Đã nối');
    await officer.startIntake();
    await officer.fillIn(withOwnScans(birth, 81));
    const code = await officer.accept();

    const pane = await officer.openDossier(code);
    await expect(pane).toContainText('Tỉnh đã xác nhận', { timeout: 30_000 });
    const deliveries = pane.getByTestId('dossier-upstreams');
    await expect(deliveries).toContainText('Đã chuyển iGate', { timeout: 40_000 });
    await expect(deliveries).toContainText(/Chờ Hộ tịch điện tử \(gián đoạn từ \d\d:\d\d\)/u, { timeout: 70_000 });
    await officer.inPanel('province', async (panel) => {
      const list = panel.getByTestId('upstreams');
      await expect(list.getByRole('listitem').filter({ hasText: 'Hộ tịch điện tử' })).toContainText(/1 hồ sơ chờ.*Gián đoạn từ \d\d:\d\d/u);
      await expect(list.getByRole('listitem').filter({ hasText: 'iGate' })).toContainText('Hoạt động');
      await page.screenshot({ path: join(process.env['QMC_SHOTS'] ?? folder, 'upstreams-panel.png') });
    });
    await deliveries.scrollIntoViewIfNeeded();
    await page.screenshot({ path: join(process.env['QMC_SHOTS'] ?? folder, 'upstreams-dossier.png') });

    simulator.system('civil-registry').mode = { kind: 'working' };
    await expect(deliveries).toContainText('Đã chuyển Hộ tịch điện tử', { timeout: 70_000 });
  } finally {
    await province.stop();
    await simulator.stop();
    await rm(folder, { recursive: true, force: true });
  }
});
