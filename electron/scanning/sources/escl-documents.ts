/** The documents of eSCL ("AirScan", Mopria eSCL specification 2.97): what a scanner says of itself, and what it is asked for. */
import type { ColourMode, ScanInput, ScanJob, ScannerCapabilities } from '../../../shared/scanning/scanner.ts';
import { descendants, parseXml, textOf, type XmlElement } from './xml.ts';

const colourWords: Record<ColourMode, string> = { colour: 'RGB24', grey: 'Grayscale8', bilevel: 'BlackAndWhite1' };
const inputCaps: Record<ScanInput, string> = { flatbed: 'PlatenInputCaps', feeder: 'AdfSimplexInputCaps', duplex: 'AdfDuplexInputCaps' };
/** Units of 1/300 inch. */
const A4 = { width: 2480, height: 3508 };

export type EsclCapabilities = ScannerCapabilities & {
  name: string;
  version: string;
  /** Largest area of each input in 1/300 inch. */
  areas: Partial<Record<ScanInput, { width: number; height: number }>>;
  /** Modes the device has itself; the rest is made here. */
  ownModes: ColourMode[];
};

export function parseCapabilities(document: string): EsclCapabilities | undefined {
  const root = parseXml(document);
  if (root?.name !== 'ScannerCapabilities') return undefined;
  const areas: EsclCapabilities['areas'] = {};
  const found: XmlElement[] = [];
  for (const [input, name] of Object.entries(inputCaps) as [ScanInput, string][]) {
    const [caps] = descendants(root, name);
    if (caps === undefined) continue;
    found.push(caps);
    areas[input] = { width: Number(textOf(caps, 'MaxWidth') ?? A4.width), height: Number(textOf(caps, 'MaxHeight') ?? A4.height) };
  }
  if (found.length === 0) return undefined;
  const words = new Set(found.flatMap((caps) => descendants(caps, 'ColorMode').map(({ text }) => text.trim())));
  const ownModes = (Object.keys(colourWords) as ColourMode[]).filter((mode) => words.has(colourWords[mode]));
  const dpi = new Set(found.flatMap((caps) => descendants(caps, 'XResolution').map(({ text }) => Number(text))));
  return {
    name: textOf(root, 'MakeAndModel') ?? 'eSCL',
    version: textOf(root, 'Version') ?? '2.0',
    inputs: (Object.keys(inputCaps) as ScanInput[]).filter((input) => areas[input] !== undefined),
    // Black and white is made here out of grey: what scanners make of it themselves is coarser, and is no JPEG.
    modes: ownModes.includes('grey') && !ownModes.includes('bilevel') ? [...ownModes, 'bilevel'] : ownModes,
    resolutions: [...dpi].filter((value) => Number.isInteger(value) && value >= 50 && value <= 1200).sort((a, b) => a - b),
    areas,
    ownModes,
  };
}

export type EsclStatus = { state: string; adf?: string };

export function parseStatus(document: string): EsclStatus | undefined {
  const root = parseXml(document);
  if (root?.name !== 'ScannerStatus') return undefined;
  return { state: textOf(root, 'State') ?? '', adf: textOf(root, 'AdfState') };
}

/** Asked for as JPEG, the one picture every eSCL scanner gives. */
export function scanSettings({ version, areas, ownModes }: EsclCapabilities, { input, mode, resolutionDpi }: ScanJob): string {
  const area = areas[input] ?? A4;
  const sent: ColourMode = mode === 'bilevel' && ownModes.includes('grey') ? 'grey' : ownModes.includes(mode) ? mode : (ownModes[0] ?? 'colour');
  return `<?xml version="1.0" encoding="UTF-8"?>
<scan:ScanSettings xmlns:scan="http://schemas.hp.com/imaging/escl/2011/05/03" xmlns:pwg="http://www.pwg.org/schemas/2010/12/sm">
  <pwg:Version>${version.replace(/[^\d.]/gu, '')}</pwg:Version>
  <scan:Intent>Document</scan:Intent>
  <pwg:ScanRegions>
    <pwg:ScanRegion>
      <pwg:ContentRegionUnits>escl:ThreeHundredthsOfInches</pwg:ContentRegionUnits>
      <pwg:XOffset>0</pwg:XOffset>
      <pwg:YOffset>0</pwg:YOffset>
      <pwg:Width>${Math.min(area.width, A4.width)}</pwg:Width>
      <pwg:Height>${Math.min(area.height, A4.height)}</pwg:Height>
    </pwg:ScanRegion>
  </pwg:ScanRegions>
  <pwg:InputSource>${input === 'flatbed' ? 'Platen' : 'Feeder'}</pwg:InputSource>
  <scan:Duplex>${input === 'duplex'}</scan:Duplex>
  <pwg:DocumentFormat>image/jpeg</pwg:DocumentFormat>
  <scan:DocumentFormatExt>image/jpeg</scan:DocumentFormatExt>
  <scan:ColorMode>${colourWords[sent]}</scan:ColorMode>
  <scan:XResolution>${resolutionDpi}</scan:XResolution>
  <scan:YResolution>${resolutionDpi}</scan:YResolution>
</scan:ScanSettings>
`;
}
