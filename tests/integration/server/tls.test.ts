import { request } from 'node:https';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProvinceTrust } from '../../../electron/sync/province-trust.ts';
import { ok } from '../../../shared/lib/result.ts';
import { scanHoursSchema } from '../../../shared/sync/scan-hours.ts';
import { settingsSchema } from '../../../shared/settings/settings.ts';
import { newCertificate, type Certificate } from '../../fixtures/certificates.ts';
import { postgresForAll } from '../../fixtures/postgres.ts';
import { pngPage } from '../../fixtures/scans.ts';
import { officeSettings } from '../../fixtures/settings.ts';
import { openShellDevice, type ShellDevice } from '../../fixtures/shell-device.ts';
import { startTestProvince, type TestProvince } from '../../fixtures/test-province.ts';

const postgres = postgresForAll();
const provinces: TestProvince[] = [];
const devices: ShellDevice[] = [];
let authority: Certificate;
const certificates: Record<'self' | 'signed' | 'expired' | 'elsewhere', Certificate> = {} as never;

beforeAll(async () => {
  authority = await newCertificate({ isAuthority: true });
  Object.assign(certificates, {
    self: await newCertificate(),
    signed: await newCertificate({ signedBy: authority }),
    expired: await newCertificate({ days: -1, signedBy: authority }),
    elsewhere: await newCertificate({ altName: 'DNS:motcua.tinh-khac.example', signedBy: authority }),
  });
});
afterAll(async () => {
  for (const device of devices) await device.remove();
  for (const province of provinces) await province.stop();
});

async function provinceWith(tls: Certificate): Promise<TestProvince> {
  const province = await startTestProvince(postgres, { tls });
  provinces.push(province);
  return province;
}

async function deviceTrusting(province: TestProvince, trust: ProvinceTrust): Promise<ShellDevice> {
  const device = await openShellDevice({ url: province.url, trust, code: await province.newCode() });
  devices.push(device);
  return device;
}

describe('a province over TLS', () => {
  const trusted: Array<[string, keyof typeof certificates, () => ProvinceTrust]> = [
    ['by its fingerprint', 'self', () => ({ pin: certificates.self.pin })],
    ['by its fingerprint without colons, in small letters', 'self', () => ({ pin: certificates.self.pin.replaceAll(':', '').toLowerCase() })],
    ['by its fingerprint, whatever name it bears', 'elsewhere', () => ({ pin: certificates.elsewhere.pin })],
    ['by its own certificate', 'self', () => ({ certificate: certificates.self.cert })],
    ['by its authority', 'signed', () => ({ certificate: authority.cert })],
  ];
  it.each(trusted)('is trusted %s: dossiers and scans arrive', async (_, served, trust) => {
    const province = await provinceWith(certificates[served]);
    expect(province.url).toMatch(/^https:/u);
    const device = await deviceTrusting(province, trust());
    await device.accept([pngPage(served.length)]);
    await device.deliver();
    const { count } = await province.db
      .selectFrom('scans')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    expect(count).toBe(1);
  });

  const refused: Array<[string, keyof typeof certificates, () => ProvinceTrust]> = [
    ['another fingerprint than the pinned one', 'self', () => ({ pin: certificates.signed.pin })],
    ['an expired certificate, pinned', 'expired', () => ({ pin: certificates.expired.pin })],
    ['an expired certificate of its authority', 'expired', () => ({ certificate: authority.cert })],
    ['the name of another host', 'elsewhere', () => ({ certificate: authority.cert })],
    ['another certificate than the named one', 'self', () => ({ certificate: certificates.elsewhere.cert })],
    ['a certificate that nobody vouches for', 'self', () => ({})],
  ];
  it.each(refused)('is not the province with %s, and hears nothing', async (_, served, trust) => {
    const province = await provinceWith(certificates[served]);
    const device = await deviceTrusting(province, trust());
    device.sync.wake();
    await expect.poll(() => device.sync.state().connection).toMatchObject({ status: 'offline', reason: 'not-the-province' });
    expect(await device.province.hello()).toEqual({ ok: false, failure: { kind: 'not-the-province' } });
    expect(province.logged()).not.toContain('"route"');
  });

  it('is left at once when its certificate becomes another one, scans and all', async () => {
    const province = await provinceWith(certificates.self);
    const device = await deviceTrusting(province, { pin: certificates.self.pin });
    await device.accept([pngPage(1)]);
    await device.deliver();
    const { createTusScanLane } = await import('../../../electron/sync/tus-scan-lane.ts');
    const { createScanPace } = await import('../../../electron/sync/scan-pace.ts');
    const { createProvinceAgent } = await import('../../../electron/sync/province-trust.ts');
    const put = await device.scans.put(pngPage(2));
    if (!put.ok) throw new Error(put.failure.kind);
    const lane = createTusScanLane({
      identity: () => undefined,
      url: province.url,
      agent: createProvinceAgent({ pin: certificates.signed.pin }),
      files: device.scans,
      pace: createScanPace(scanHoursSchema.parse({}), Date.now),
      province: { ...device.province, authorise: () => Promise.resolve(ok('a token')) },
      urlStorage: { findAllUploads: async () => [], findUploadsByFingerprint: async () => [], removeUpload: async () => undefined, addUpload: async () => '' },
    });
    expect(await lane.upload(put.value.sha256)).toEqual({ ok: false, failure: { kind: 'not-the-province' } });
  });

  it('speaks no TLS older than 1.2', async () => {
    const province = await provinceWith(certificates.self);
    const attempt = new Promise((resolve, reject) => {
      request(province.url, { rejectUnauthorized: false, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }, resolve)
        .on('error', reject)
        .end();
    });
    await expect(attempt).rejects.toThrow(/version|protocol/iu);
  });
});

describe('the settings of a closed network', () => {
  const settings = (province: object) => settingsSchema.safeParse({ ...officeSettings({ provinceUrl: '' }), province });
  const url = 'https://10.0.0.1';
  it('take a certificate or a fingerprint', () => {
    expect(settings({ url, pin: certificates.self.pin }).success).toBe(true);
    expect(settings({ url, certificate: certificates.self.cert }).success).toBe(true);
  });
  it('name what would be quietly without effect', () => {
    expect(settings({ url: 'http://10.0.0.1', pin: certificates.self.pin }).error?.issues[0]?.path).toEqual(['province', 'url']);
    expect(settings({ url, pin: certificates.self.pin, certificate: certificates.self.cert }).error?.issues[0]?.path).toEqual(['province', 'pin']);
    expect(settings({ url, pin: 'AB:CD' }).error?.issues[0]?.path).toEqual(['province', 'pin']);
    expect(settings({ url, certificate: '/etc/province.pem' }).error?.issues[0]?.path).toEqual(['province', 'certificate']);
  });
});
