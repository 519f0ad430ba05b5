/** A network scanner that speaks eSCL over HTTP and breaks in the ways real ones do. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type EsclFaults = {
  /** So many answers 503 before the job is taken, and before each page. */
  busy?: number;
  /** The sheet that jams, counted from 1. */
  jamAt?: number;
  /** The sheet whose picture breaks off half way. */
  cutAt?: number;
  /** Refuses everybody. */
  isLocked?: boolean;
  /** `Location` names a host nobody can reach, as behind an address translation. */
  foreignLocation?: boolean;
  /** Milliseconds a sheet takes. */
  sheetMs?: number;
};

export type EsclScanner = {
  url: string;
  /** What lies in the feeder; a job takes it out sheet by sheet. */
  feeder: Buffer[];
  platen: Buffer | undefined;
  faults: EsclFaults;
  /** `ScanSettings` of every job that was taken. */
  asked: string[];
  /** Jobs nobody has ended. */
  openJobs(): number;
  stop(): Promise<void>;
};

const NAMESPACES = 'xmlns:scan="http://schemas.hp.com/imaging/escl/2011/05/03" xmlns:pwg="http://www.pwg.org/schemas/2010/12/sm"';

const inputCaps = (name: string): string => `<scan:${name}>
  <scan:MinWidth>16</scan:MinWidth><scan:MaxWidth>2550</scan:MaxWidth><scan:MinHeight>16</scan:MinHeight><scan:MaxHeight>4200</scan:MaxHeight>
  <scan:SettingProfiles><scan:SettingProfile>
    <scan:ColorModes><scan:ColorMode>BlackAndWhite1</scan:ColorMode><scan:ColorMode>Grayscale8</scan:ColorMode><scan:ColorMode>RGB24</scan:ColorMode></scan:ColorModes>
    <scan:DocumentFormats><pwg:DocumentFormat>image/jpeg</pwg:DocumentFormat><scan:DocumentFormatExt>image/jpeg</scan:DocumentFormatExt></scan:DocumentFormats>
    <scan:SupportedResolutions><scan:DiscreteResolutions>${[100, 200, 300, 600]
      .map((dpi) => `<scan:DiscreteResolution><scan:XResolution>${dpi}</scan:XResolution><scan:YResolution>${dpi}</scan:YResolution></scan:DiscreteResolution>`)
      .join('')}</scan:DiscreteResolutions></scan:SupportedResolutions>
  </scan:SettingProfile></scan:SettingProfiles>
</scan:${name}>`;

const CAPABILITIES = `<?xml version="1.0" encoding="UTF-8"?>
<scan:ScannerCapabilities ${NAMESPACES}>
  <pwg:Version>2.63</pwg:Version><pwg:MakeAndModel>Máy quét thử &amp; nghiệm</pwg:MakeAndModel>
  <scan:Platen>${inputCaps('PlatenInputCaps')}</scan:Platen>
  <scan:Adf>${inputCaps('AdfSimplexInputCaps')}${inputCaps('AdfDuplexInputCaps')}</scan:Adf>
</scan:ScannerCapabilities>`;

type Job = { isFeeder: boolean; sheet: number; busy: number; isDone: boolean };

export async function startEsclScanner(faults: EsclFaults = {}): Promise<EsclScanner> {
  const jobs = new Map<string, Job>();
  const asked: string[] = [];
  let lastJob = 0;
  let busyBefore = faults.busy ?? 0;
  let isJammed = false;
  const scanner: Pick<EsclScanner, 'feeder' | 'platen' | 'faults'> = { feeder: [], platen: undefined, faults };

  const answerXml = (response: ServerResponse, body: string): void => void response.writeHead(200, { 'content-type': 'text/xml' }).end(body);
  const status = (): string => {
    const adf = isJammed ? 'ScannerAdfJam' : scanner.feeder.length > 0 ? 'ScannerAdfLoaded' : 'ScannerAdfEmpty';
    const state = [...jobs.values()].some(({ isDone }) => !isDone) ? 'Processing' : 'Idle';
    return `<?xml version="1.0"?><scan:ScannerStatus ${NAMESPACES}><pwg:Version>2.63</pwg:Version><pwg:State>${state}</pwg:State><scan:AdfState>${adf}</scan:AdfState></scan:ScannerStatus>`;
  };

  async function nextDocument(job: Job, response: ServerResponse): Promise<void> {
    const { jamAt, cutAt, sheetMs = 0 } = scanner.faults;
    if (job.busy > 0) {
      job.busy -= 1;
      return void response.writeHead(503, { 'retry-after': '0' }).end();
    }
    job.busy = scanner.faults.busy ?? 0;
    const page = job.isFeeder ? scanner.feeder[0] : job.isDone ? undefined : scanner.platen;
    job.sheet += 1;
    if (page !== undefined && job.sheet === jamAt) {
      isJammed = true;
      job.isDone = true;
      return void response.writeHead(404).end();
    }
    if (page === undefined) {
      job.isDone = true;
      return void response.writeHead(404).end();
    }
    await new Promise((resolve) => setTimeout(resolve, sheetMs));
    if (job.isFeeder) scanner.feeder.shift();
    else job.isDone = true;
    response.writeHead(200, { 'content-type': 'image/jpeg', 'content-length': page.byteLength });
    if (job.sheet !== cutAt) return void response.end(page);
    response.write(page.subarray(0, Math.floor(page.byteLength / 2)), () => response.destroy());
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '').replace(/^\/eSCL/u, '');
    if (scanner.faults.isLocked === true) return void response.writeHead(401).end();
    if (request.method === 'GET' && path === '/ScannerCapabilities') return answerXml(response, CAPABILITIES);
    if (request.method === 'GET' && path === '/ScannerStatus') return answerXml(response, status());
    if (request.method === 'POST' && path === '/ScanJobs') {
      const pieces: Buffer[] = [];
      for await (const piece of request) pieces.push(piece as Buffer);
      if (busyBefore > 0) {
        busyBefore -= 1;
        return void response.writeHead(503, { 'retry-after': '0' }).end();
      }
      const settings = Buffer.concat(pieces).toString('utf8');
      if (!settings.includes('<pwg:DocumentFormat>image/jpeg<')) return void response.writeHead(409).end();
      asked.push(settings);
      isJammed = false;
      const id = String((lastJob += 1));
      jobs.set(id, { isFeeder: settings.includes('>Feeder<'), sheet: 0, busy: scanner.faults.busy ?? 0, isDone: false });
      const { port } = server.address() as AddressInfo;
      const origin = scanner.faults.foreignLocation === true ? 'http://203.0.113.9:1' : `http://127.0.0.1:${port}`;
      return void response.writeHead(201, { location: `${origin}/eSCL/ScanJobs/${id}` }).end();
    }
    const [, id = '', rest] = /^\/ScanJobs\/(\d+)(\/NextDocument)?$/u.exec(path) ?? [];
    const job = jobs.get(id);
    if (job === undefined) return void response.writeHead(404).end();
    if (request.method === 'DELETE' && rest === undefined) {
      jobs.delete(id);
      return void response.writeHead(200).end();
    }
    if (request.method === 'GET' && rest !== undefined) return nextDocument(job, response);
    response.writeHead(405).end();
  }

  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(scanner, {
    url: `http://127.0.0.1:${port}/eSCL`,
    asked,
    openJobs: () => jobs.size,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}
