import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { typeTelex, type ToneStyle } from './telex.ts';

const type = (keys: string, style?: ToneStyle): string => [...keys].reduce((text, key) => typeTelex(text, key, style), '');

describe('telex', () => {
  it.each([
    ['aa', 'â'],
    ['aw', 'ă'],
    ['ee', 'ê'],
    ['oo', 'ô'],
    ['ow', 'ơ'],
    ['uw', 'ư'],
    ['uow', 'ươ'],
    ['dd', 'đ'],
    ['AA', 'Â'],
    ['DD', 'Đ'],
    ['Dd', 'Đ'],
    ['awa', 'â'],
    ['aaw', 'ă'],
    ['owo', 'ô'],
    ['uoow', 'ươ'],
    ['uowo', 'uô'],
  ])('%s makes %s', (keys, text) => expect(type(keys)).toBe(text));

  it.each([
    ['as', 'á'],
    ['af', 'à'],
    ['ar', 'ả'],
    ['ax', 'ã'],
    ['aj', 'ạ'],
    ['asf', 'à'],
    ['asz', 'a'],
    ['azz', 'azz'],
    ['AS', 'Á'],
    ['aas', 'ấ'],
    ['asa', 'ấ'],
    ['uwj', 'ự'],
  ])('tone: %s makes %s', (keys, text) => expect(type(keys)).toBe(text));

  it.each([
    ['aaa', 'aa'],
    ['aaaa', 'aaa'],
    ['eee', 'ee'],
    ['ooo', 'oo'],
    ['xooong', 'xoong'],
    ['aww', 'aw'],
    ['oww', 'ow'],
    ['uww', 'uw'],
    ['uoww', 'uow'],
    ['ddd', 'dd'],
    ['dddd', 'ddd'],
    ['ass', 'as'],
    ['asss', 'ass'],
    ['classs', 'class'],
    ['offfice', 'office'],
    ['Ksowrr', 'Ksơr'],
    ['lanaa', 'lana'],
  ])('a key doubled takes back: %s leaves %s', (keys, text) => expect(type(keys)).toBe(text));

  it.each([
    ['nguyeenx', 'nguyễn'],
    ['nguyenex', 'nguyễn'],
    ['Nguyeexn', 'Nguyễn'],
    ['vieetj', 'việt'],
    ['vietej', 'việt'],
    ['dduwowngf', 'đường'],
    ['duongwdf', 'đường'],
    ['dangd', 'đang'],
    ['thuwowng', 'thương'],
    ['thuowng', 'thương'],
    ['thuowrng', 'thưởng'],
    ['thuowr', 'thuở'],
    ['huow', 'huơ'],
    ['nguowif', 'người'],
    ['nguoiwf', 'người'],
    ['ruowuj', 'rượu'],
    ['ruouwj', 'rượu'],
    ['muaw', 'mưa'],
    ['chuaw', 'chưa'],
    ['hoawcj', 'hoặc'],
    ['hoacwj', 'hoặc'],
    ['quaan', 'quân'],
    ['quawcj', 'quặc'],
    ['quyeets', 'quyết'],
    ['quys', 'quý'],
    ['quoocs', 'quốc'],
    ['quowr', 'quở'],
    ['gias', 'giá'],
    ['gif', 'gì'],
    ['giees', 'giế'],
    ['gieengs', 'giếng'],
    ['giuwax', 'giữa'],
    ['luaatj', 'luật'],
    ['tuaanf', 'tuần'],
    ['khuyur', 'khuỷu'],
    ['khuyar', 'khuỷa'],
    ['ngoeof', 'ngoèo'],
    ['hoaif', 'hoài'],
    ['xoayr', 'xoảy'],
    ['toans', 'toán'],
    ['tosan', 'toán'],
    ['hosan', 'hoán'],
    ['thisch', 'thích'],
    ['chuyeenr', 'chuyển'],
    ['khai', 'khai'],
    ['sinh', 'sinh'],
    ['xaxc', 'xac'.replace('a', 'ã')],
    ['hieeuj', 'hiệu'],
    ['yeeu', 'yêu'],
    ['muoons', 'muốn'],
    ['cuoois', 'cuối'],
    ['buwowir', 'bưởi'],
    ['cuwus', 'cứu'],
    ['khuaays', 'khuấy'],
    ['uyr', 'ủy'],
    ['DDaawks', 'Đắk'],
    ['ddawks', 'đắk'],
    ['Krong', 'Krong'],
    ['Blow', 'Blơ'],
    ['Blowk', 'Blơk'],
    ['Nieee', 'Niee'],
    ['Niee', 'Niê'],
    ['HOANGF', 'HOÀNG'],
    ['Thuyf', 'Thùy'],
    ['www', 'www'],
    ['web', 'web'],
    ['zalo', 'zalo'],
    ['facebook', 'facebook'],
  ])('%s makes %s', (keys, text) => expect(type(keys)).toBe(text.normalize('NFC')));

  it('puts the tone of an open oa, oe, uy by the style', () => {
    expect(['hoaf', 'khoer', 'thuys', 'hoafn'].map((keys) => type(keys))).toEqual(['hòa', 'khỏe', 'thúy', 'hoàn']);
    expect(['hoaf', 'khoer', 'thuys', 'hoafn'].map((keys) => type(keys, 'new'))).toEqual(['hoà', 'khoẻ', 'thuý', 'hoàn']);
    // After qu the u is no vowel.
    expect(['quys', 'quas'].map((keys) => type(keys, 'new'))).toEqual(['quý', 'quá']);
  });

  it('changes the last word only, wherever the caret stands', () => {
    expect(type('DDoox Thij Maaux')).toBe('Đỗ Thị Mẫu');
    expect(type("H'Hen Niee")).toBe("H'Hen Niê");
    expect(typeTelex('soos 12/3, toor 5 duongd', 'w')).toBe('soos 12/3, toor 5 duongd'.replace('duongd', 'duongd') + 'w');
    expect(typeTelex('a ', 'a')).toBe('a a');
    expect(typeTelex('', 's')).toBe('s');
    expect(typeTelex('123', 's')).toBe('123s');
  });

  it('every Vietnamese syllable can be typed with the marks at the end, and a doubled tone key leaves it without', () => {
    for (const onset of ['', 'b', 'ch', 'd', 'ngh', 'qu', 'th', 'tr'])
      for (const [keys, nucleus] of [
        ['aa', 'â'],
        ['e', 'e'],
        ['ee', 'ê'],
        ['i', 'i'],
      ] as const)
        for (const coda of ['', 'n', 'nh'])
          for (const tone of ['f', 's', 'x', 'r', 'j']) {
            const plain = type(`${onset}${keys}${coda}`);
            expect(plain).toBe(`${onset}${nucleus}${coda}`);
            expect(type(`${onset}${keys}${coda}${tone}${tone}`)).toBe(`${plain}${tone}`);
            expect(type(`${onset}${keys}${coda}${tone}z`)).toBe(plain);
          }
  });

  it('never loses or invents what is not the last word, stays NFC, and a key changes at most one letter more', () => {
    const letters = fc.string({ unit: fc.constantFrom(...'abcdeghijklmnopqrstuvwxyzAĐâấ 1-'), maxLength: 12 });
    fc.assert(
      fc.property(letters, fc.constantFrom(...'abdefjosrwxzAW'), fc.constantFrom<ToneStyle>('old', 'new'), (before, key, style) => {
        const after = typeTelex(before, key, style);
        const word = /[\p{L}\p{M}]*$/u.exec(before)?.[0] ?? '';
        expect(after.startsWith(before.slice(0, before.length - word.length))).toBe(true);
        expect(after).toBe(after.normalize('NFC'));
        expect(after.length - before.length).toBeGreaterThanOrEqual(0);
        expect(after.length - before.length).toBeLessThanOrEqual(1);
        expect(bare(after).toLowerCase().startsWith(bare(before).toLowerCase())).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

const bare = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').replaceAll('đ', 'd').replaceAll('Đ', 'D');
