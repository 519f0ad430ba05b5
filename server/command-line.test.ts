import { describe, expect, it } from 'vitest';
import { parseCommand } from './command-line.ts';

describe('command line', () => {
  it('serves on loopback by default', () => {
    expect(parseCommand(['--data', '/tmp/x'], {})).toMatchObject({ command: 'serve', port: 8080, host: '127.0.0.1', data: '/tmp/x', 'lease-size': 100 });
  });
  it('takes the database and the folder from the environment, options first', () => {
    expect(parseCommand([], { DATABASE_URL: 'postgresql://a/b', QMC_PROVINCE_DATA: '/d' })).toMatchObject({ 'database-url': 'postgresql://a/b', data: '/d' });
    expect(parseCommand(['--database-url', 'postgresql://c/d'], { DATABASE_URL: 'postgresql://a/b' })['database-url']).toBe('postgresql://c/d');
  });
  it('names a wrong option', () => {
    expect(() => parseCommand(['--port', '70000'], {})).toThrow(/^port/u);
    expect(() => parseCommand(['--prot', '1'], {})).toThrow(/--prot/u);
    expect(() => parseCommand(['fly'], {})).toThrow(/^command/u);
  });
  it('wants certificate and key together', () => {
    expect(() => parseCommand(['--tls-cert', 'a.pem'], {})).toThrow(/--tls-key/u);
    expect(parseCommand(['--tls-cert', 'a.pem', '--tls-key', 'b.pem'], {})).toMatchObject({ 'tls-cert': 'a.pem', 'tls-key': 'b.pem' });
  });
  it('believes proxies that are named by address or network, and nobody else', () => {
    expect(parseCommand(['--trust-proxy', '10.0.0.5, 192.168.7.0/24,fd00::/8'], {})['trust-proxy']).toEqual(['10.0.0.5', '192.168.7.0/24', 'fd00::/8']);
    for (const wrong of ['', 'proxy.example', '10.0.0.0/33', '0.0.0.0/0', '::/0', '10.0.0.5,']) {
      expect(() => parseCommand(['--trust-proxy', wrong], {})).toThrow(/^trust-proxy/u);
    }
  });
  it('wants to know the office of a code', () => {
    expect(() => parseCommand(['enrolment-code'], {})).toThrow(/--office/u);
    expect(() => parseCommand(['--demo-code', 'DEMO-2026'], {})).toThrow(/--office/u);
    expect(parseCommand(['enrolment-code', '--office', 'o', '--agency', 'H36'], {}).days).toBe(14);
  });
  it('takes one month out or puts one back', () => {
    expect(parseCommand(['partitions', '--detach', '2025-03'], {})).toMatchObject({ command: 'partitions', detach: '2025-03' });
    for (const wrong of ['2025-13', '2025-3', '2025-03-01', 'march']) expect(() => parseCommand(['partitions', '--detach', wrong], {})).toThrow(/^detach/u);
    expect(() => parseCommand(['partitions', '--detach', '2025-03', '--attach', '2025-04'], {})).toThrow(/one at a time/u);
  });
  it('takes what stands behind a command, and no more', () => {
    expect(parseCommand(['supervisor', 'add', 'Lan'], {})).toMatchObject({ command: 'supervisor', action: 'add', name: 'lan' });
    expect(parseCommand(['import', 'x.qmc'], {})).toMatchObject({ file: 'x.qmc' });
    expect(() => parseCommand(['supervisor', 'add'], {})).toThrow(/name/u);
    expect(() => parseCommand(['supervisor', 'praise', 'lan'], {})).toThrow(/^action/u);
    expect(() => parseCommand(['import'], {})).toThrow(/file/u);
    expect(parseCommand(['publish', 'calendar', 'lich.json'], {})).toMatchObject({ kind: 'calendar', file: 'lich.json' });
    expect(() => parseCommand(['publish', 'weather', 'x.json'], {})).toThrow(/^kind/u);
    expect(() => parseCommand(['publish', 'users'], {})).toThrow(/file/u);
    expect(() => parseCommand(['enrolment-code', 'x'], {})).toThrow(/one command/u);
  });
});
