/** One dossier with the network down: the citizen leaves with the papers, the province gets it once when the line is back. */
import { landChange, withOwnScans } from '../fixtures/intakes.ts';
import { expect, test } from './office.ts';

test('what is taken in offline reaches the province exactly once', async ({ office }) => {
  const { officer } = await office.open();
  await officer.sees('province', 'Đã nối');
  office.line.set({ kind: 'down' });
  await officer.sendNow();
  await officer.sees('province', 'Ngoại tuyến');

  await officer.startIntake();
  await officer.fillIn(withOwnScans(landChange, 2));
  const code = await officer.accept();
  await expect(officer.page.getByTestId('accepted')).toContainText('sẽ gửi lên tỉnh khi có mạng');
  await expect.poll(() => office.receipts().length, { timeout: 20_000 }).toBe(1);
  await officer.sees('province', 'chờ gửi');
  expect(await office.arrived(code)).toEqual({ dossiers: 0, entries: 0, scans: 0, verified: 0 });

  office.line.set({ kind: 'up' });
  await officer.sendNow();
  await expect.poll(() => office.arrived(code), { timeout: 60_000 }).toEqual({ dossiers: 1, entries: 1, scans: 3, verified: 3 });
  await expect(await officer.openDossier(code)).toContainText('Tỉnh đã xác nhận');
  await expect(officer.page.getByTestId('world-province')).not.toContainText('chờ gửi');
  expect(office.receipts()).toHaveLength(1);
});
