import { describe, expect, it } from 'vitest';
import { argumentsOf, capabilitiesOf, parseSaneOptions } from './sane-options.ts';

const feeder = `
All options specific to device \`fujitsu:fi-7160:1\`:
  Standard:
    --source ADF Front|ADF Back|ADF Duplex [ADF Front]
        Selects the scan source (such as a document-feeder).
    --mode Lineart|Halftone|Gray|Color [Lineart]
        Selects the scan mode (e.g., lineart, monochrome, or color).
    --resolution 50..600dpi (in steps of 1) [300]
        Sets the resolution of the scanned image.
  Geometry:
    -l 0..215.872mm (in steps of 0.0211639) [0]
    -x 0..221.121mm (in steps of 0.0211639) [215.872]
    -y 0..863.489mm (in steps of 0.0211639) [279.364]
`;
const office = `
    --resolution 75|100|150|200|300|600|1200|2400dpi [75]
    --mode Binary|Gray|Color [Color]
    --source Flatbed|Automatic Document Feeder [Flatbed]
    --adf-mode Simplex|Duplex [inactive]
    -x 0..215.9mm [215.9]
    -y 0..297.18mm [297.18]
`;

describe('what scanimage says of a device', () => {
  it('becomes what an officer may choose', () => {
    expect(capabilitiesOf(parseSaneOptions(feeder))).toEqual({
      inputs: ['feeder', 'duplex'],
      modes: ['colour', 'grey', 'bilevel'],
      resolutions: [75, 100, 150, 200, 300, 400, 600],
    });
    expect(capabilitiesOf(parseSaneOptions(office))).toEqual({
      inputs: ['flatbed', 'feeder'],
      modes: ['colour', 'grey', 'bilevel'],
      resolutions: [75, 100, 150, 200, 300, 600, 1200],
    });
  });

  it('that says nothing of itself is a glass that scans', () => {
    expect(capabilitiesOf(parseSaneOptions(''))).toEqual({ inputs: ['flatbed'], modes: ['colour'], resolutions: [] });
  });

  it('is asked in its own words', () => {
    expect(argumentsOf(parseSaneOptions(feeder), { input: 'duplex', mode: 'bilevel', resolutionDpi: 300, isPreview: false })).toEqual([
      '--source=ADF Duplex',
      '--mode=Lineart',
      '--resolution=300',
      ...['-l', '0', '-t', '0', '-x', '210', '-y', '297'],
    ]);
    const withSwitch = office.replace('[inactive]', '[Simplex]');
    expect(capabilitiesOf(parseSaneOptions(withSwitch)).inputs).toContain('duplex');
    expect(argumentsOf(parseSaneOptions(withSwitch), { input: 'duplex', mode: 'grey', resolutionDpi: 200, isPreview: false })).toEqual([
      '--source=Automatic Document Feeder',
      '--adf-mode=Duplex',
      '--mode=Gray',
      '--resolution=200',
      ...['-l', '0', '-t', '0', '-x', '210', '-y', '297'],
    ]);
  });
});
