/** Wrong settings stop the start: which field, in words, and the exit code that tells a supervisor not to try again. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { officeSettings } from '../fixtures/settings.ts';
import { runToEnd } from './app.ts';
import { expect, test } from './test.ts';

const EX_CONFIG = 78;
const right = officeSettings({ provinceUrl: 'http://127.0.0.1:9', printerPort: 9100 });
const [printer] = right.printers;

const wrong: Array<{ what: string; settings: unknown; names: string[] }> = [
  { what: 'a role that does not exist', settings: { ...right, role: 'chief' }, names: ['role'] },
  {
    what: 'a field deep inside',
    settings: { ...right, printers: [printer, { ...printer, connection: { type: 'tcp', host: '127.0.0.1', port: 91_000 } }] },
    names: ['printers.1.connection.port'],
  },
  {
    what: 'two wrong fields and a missing one',
    settings: { ...right, office: { ...right.office, agencyCode: 'h36 12' }, province: { url: 'ftp://tinh' }, operator: undefined },
    names: ['office.agencyCode', 'province.url', 'operator'],
  },
  { what: 'an unknown key', settings: { ...right, office: { ...right.office, adress: 'Số 1' } }, names: ['office.adress'] },
  { what: 'text that is no JSON', settings: '{ "role": "officer", ', names: ['e2e-settings.json'] },
];

for (const { what, settings, names } of wrong) {
  test(`${what} stops the start and is named`, async () => {
    const { code, said } = await runToEnd({ settings });
    expect(code, said).toBe(EX_CONFIG);
    expect(said).toContain('Quầy Một Cửa chưa thể khởi động');
    for (const name of names) expect(said).toContain(name);
    expect(said).not.toContain('office.name');
  });
}

test('a settings file that is not there stops the start and is named', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'qmc-e2e-'));
  const { code, said } = await runToEnd({ userData: folder, env: { QMC_CONFIG: join(folder, 'not-there.json') } });
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  expect(code, said).toBe(EX_CONFIG);
  expect(said).toContain(join(folder, 'not-there.json'));
});
