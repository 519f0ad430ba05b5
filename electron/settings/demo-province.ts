/** The demo office's own province: the real server, started as a child of the shell on a loopback port. */
import { createServer } from 'node:net';
import { utilityProcess, type UtilityProcess } from 'electron';
import type { Log } from '../log.ts';
import { DEMO_ENROLMENT_CODE } from './demo-office.ts';

export type DemoProvince = { url: string; stop(): void };

/** Returns at once: the counter works while its province is still starting. */
export async function startDemoProvince(serverBundle: string, dataFolder: string, office: { id: string; agencyCode: string }, log: Log): Promise<DemoProvince> {
  const port = await freePort();
  const args = [
    '--port',
    String(port),
    '--data',
    dataFolder,
    '--simulate-upstreams',
    '--demo-code',
    DEMO_ENROLMENT_CODE,
    '--office',
    office.id,
    '--agency',
    office.agencyCode,
  ];
  const child: UtilityProcess = utilityProcess.fork(serverBundle, args, { serviceName: 'province', stdio: 'ignore' });
  child.on('exit', (code) => log.info(`demo province ended (${code})`));
  return { url: `http://127.0.0.1:${port}`, stop: () => void child.kill() };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port'))));
    });
  });
}
