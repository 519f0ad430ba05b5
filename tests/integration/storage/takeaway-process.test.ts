import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { RECEIPT_EXTENSION } from '../../../shared/takeaway/file-format.ts';
import { startProvince } from '../../fixtures/province.ts';
import { pngPage } from '../../fixtures/scans.ts';
import { openShellDevice } from '../../fixtures/shell-device.ts';

const run = promisify(execFile);
const bundle = resolve(import.meta.dirname, '../../../out/server/main.cjs');

it('imports a take-away file on the command line while the province runs, and gives the receipt', async () => {
  const province = await startProvince();
  let device = await openShellDevice({ url: province.url, code: province.code });
  try {
    await device.deliver();
    await device.sync.stop();
    await device.accept([pngPage(1)]);
    const file = join(device.folder, 'away');
    expect((await device.takeaway.exportTo(file)).ok).toBe(true);
    const { stdout } = await run(process.execPath, [bundle, 'import', file, '--data', province.dataDir, '--log-level', 'silent']);
    expect(JSON.parse(stdout)).toMatchObject({
      applied: 1,
      duplicates: 0,
      rejected: 0,
      confirmedDossiers: 1,
      refusedScans: 0,
      receipt: `${file}.${RECEIPT_EXTENSION}`,
    });

    const bytes = await readFile(file);
    bytes[bytes.length - 100] = (bytes[bytes.length - 100] ?? 0) ^ 1;
    await writeFile(`${file}-damaged`, bytes);
    await expect(run(process.execPath, [bundle, 'import', `${file}-damaged`, '--data', province.dataDir])).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('refused, nothing was changed: not-signed-by-device'),
    });

    await province.kill();
    device = await device.reopen();
    expect(await device.takeaway.importReceipt(`${file}.${RECEIPT_EXTENSION}`)).toEqual({ ok: true, value: { acknowledged: 1, confirmed: 1 } });
  } finally {
    await device.remove();
    await province.restart();
    await province.stop();
  }
});
