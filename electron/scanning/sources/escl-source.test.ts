import { describe, expect, it } from 'vitest';
import { esclUrlOf } from './escl-source.ts';

describe('esclUrlOf', () => {
  it.each([
    ['192.0.2.20', 'http://192.0.2.20/eSCL'],
    [' may-quet.local:8080 ', 'http://may-quet.local:8080/eSCL'],
    ['https://192.0.2.20/eSCL/', 'https://192.0.2.20/eSCL'],
    ['http://192.0.2.20:9095/scan', 'http://192.0.2.20:9095/scan'],
    ['', undefined],
    ['phòng bên cạnh', undefined],
    ['http://a:b@192.0.2.20', undefined],
  ])('%s → %s', (typed, expected) => {
    expect(esclUrlOf(typed)).toBe(expected);
  });
});
