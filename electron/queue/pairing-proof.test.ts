import { describe, expect, it } from 'vitest';
import { beginProof, isSameWord } from './pairing-proof.ts';

const names = { hub: 'a'.repeat(64), device: 'b'.repeat(64), officeId: 'xa-an-binh' };
const meet = (hubCode: string, deviceCode: string, deviceNames = names): boolean => {
  const hub = beginProof('hub', hubCode, names);
  const device = beginProof('device', deviceCode, deviceNames);
  const [atHub, atDevice] = [hub.agree(device.element), device.agree(hub.element)];
  if (atHub === undefined || atDevice === undefined) throw new Error('no agreement');
  return isSameWord(atDevice.say, atHub.hear) && isSameWord(atHub.say, atDevice.hear);
};

describe('the pairing proof', () => {
  it('agrees on the same code and certificates, and on nothing else', () => {
    expect(meet('042137', '042137')).toBe(true);
    expect(meet('042137', '042138')).toBe(false);
    // Someone between the two shows each a certificate of its own.
    expect(meet('042137', '042137', { ...names, hub: 'c'.repeat(64) })).toBe(false);
    expect(meet('042137', '042137', { ...names, officeId: 'xa-khac' })).toBe(false);
  });

  it('takes no element from which the key would follow without the code', () => {
    const proof = beginProof('hub', '042137', names);
    const hex = (value: bigint): string => value.toString(16).padStart(512, '0');
    for (const bad of [hex(0n), hex(1n), 'f'.repeat(512), proof.element, 'zz', '']) expect(proof.agree(bad), bad.slice(0, 8)).toBeUndefined();
  });

  it('has a word of its own for each side and each run', () => {
    const [one, other] = [beginProof('hub', '1', names), beginProof('hub', '1', names)];
    expect(one.element).not.toBe(other.element);
    const agreed = one.agree(beginProof('device', '1', names).element);
    expect(agreed?.say).not.toBe(agreed?.hear);
  });
});
