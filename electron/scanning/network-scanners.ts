/** Network scanners this counter knows: of the settings, typed by an officer and remembered, and those found on the network now. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { parseOrUndefined } from '../../shared/lib/json.ts';
import { fail, ok, type Failure, type Result } from '../../shared/lib/result.ts';
import { writeDurably } from '../files.ts';
import { parseCapabilities } from './sources/escl-documents.ts';
import { askScanner } from './sources/escl-http.ts';
import { esclUrlOf, type NetworkScanner } from './sources/escl-source.ts';

const rememberedSchema = z.array(z.object({ name: z.string().max(200), url: z.url({ protocol: /^https?$/u }) })).max(50);
const ASK_SILENCE_MS = 5_000;
const MAX_DOCUMENT_BYTES = 1_000_000;

export type NetworkScanners = {
  /** Never rejects. */
  list(): Promise<NetworkScanner[]>;
  /** Remembers the scanner that answers there; `address-wrong`: it is no address, `scanner-gone`: nothing there speaks eSCL. */
  add(address: string): Promise<Result<NetworkScanner, Failure<'address-wrong' | 'scanner-gone'>>>;
};

type Options = { file: string; configured: readonly { name: string; address: string }[]; find: () => Promise<NetworkScanner[]> };

export function createNetworkScanners({ file, configured, find }: Options): NetworkScanners {
  const remembered = async (): Promise<NetworkScanner[]> => {
    const text = await readFile(file, 'utf8').catch(() => '[]');
    return rememberedSchema.safeParse(parseOrUndefined(text)).data ?? [];
  };
  const ofSettings = configured.flatMap(({ name, address }) => {
    const url = esclUrlOf(address);
    return url === undefined ? [] : [{ name, url }];
  });
  return {
    async list() {
      const known = [...ofSettings, ...(await remembered()), ...(await find())];
      return known.filter(({ url }, at) => known.findIndex((other) => other.url === url) === at);
    },
    async add(address) {
      const url = esclUrlOf(address);
      if (url === undefined) return fail('address-wrong');
      const answer = await askScanner(new URL(`${url}/ScannerCapabilities`), { silenceMs: ASK_SILENCE_MS, maxBytes: MAX_DOCUMENT_BYTES }).catch(
        () => undefined,
      );
      const able = answer?.status === 200 ? parseCapabilities(answer.bytes.toString('utf8')) : undefined;
      if (able === undefined) return fail('scanner-gone');
      const scanner = { name: able.name.slice(0, 200), url };
      const others = (await remembered()).filter((other) => other.url !== url);
      await writeDurably(file, Buffer.from(JSON.stringify([...others, scanner].slice(-50))));
      return ok(scanner);
    },
  };
}
