import { describe, expect, it } from 'vitest';
import { isClipId, type VoiceLanguage } from './clips.ts';
import { speechOf, type Call } from './speech.ts';

const call = (more: Partial<Call> = {}): Call => ({ ticketId: 'x', number: 'A012', counter: '3', isAgain: false, ...more });
const said = (one: Call, ...languages: VoiceLanguage[]): string =>
  speechOf(one, languages)
    .map(({ clip }) => clip.replace(/^\w+\//u, ''))
    .join(' ');

describe('speechOf', () => {
  it('says the number sign by sign and the counter, the second language after the first', () => {
    expect(said(call(), 'vi', 'en')).toBe('chime call a 0 1 2 to-counter 3 call a 0 1 2 to-counter 3');
    expect(speechOf(call(), ['vi', 'en']).map(({ clip }) => clip)).toEqual([
      'chime',
      ...['vi/call', 'vi/a', 'vi/0', 'vi/1', 'vi/2', 'vi/to-counter', 'vi/3'],
      ...['en/call', 'en/a', 'en/0', 'en/1', 'en/2', 'en/to-counter', 'en/3'],
    ]);
  });

  it('says that it is said again', () => {
    expect(said(call({ isAgain: true }), 'vi')).toBe('chime again call a 0 1 2 to-counter 3');
  });

  it('says nothing, not even the chime, on a silent board', () => {
    expect(speechOf(call(), [])).toEqual([]);
  });

  it.each([
    ['1', '1', '1'],
    ['10', '10', '10'],
    ['11', '10 1', '11'],
    ['15', '10 five-after-tens', '15'],
    ['20', '2 tens', '20'],
    ['21', '2 tens one-after-tens', '20 1'],
    ['35', '3 tens five-after-tens', '30 5'],
    ['99', '9 tens 9', '90 9'],
    ['05', '0 5', '0 5'],
    ['105', '1 0 5', '1 0 5'],
    ['3A', '3 a', '3 a'],
    ['B-2', 'b 2', 'b 2'],
    ['Quầy 12', '10 2', '12'],
    ['Quầy số 4 – Đất đai', '4', '4'],
  ])('counter %s as people say it', (counter, vietnamese, english) => {
    expect(said(call({ counter }), 'vi')).toBe(`chime call a 0 1 2 to-counter ${vietnamese}`);
    expect(said(call({ counter }), 'en')).toBe(`chime call a 0 1 2 to-counter ${english}`);
  });

  it('sends to the board for a counter that has only a name', () => {
    expect(said(call({ counter: 'Đất đai' }), 'vi')).toBe('chime call a 0 1 2 see-board');
  });

  it('names only clips that exist, whatever the numbers are called', () => {
    for (let counter = 0; counter < 130; counter++)
      for (const number of ['A012', 'K-A7', 'Z9999', 'Đ1', '']) {
        const spoken = speechOf(call({ number, counter: String(counter) }), ['vi', 'en']);
        expect(spoken.filter(({ clip }) => !isClipId(clip))).toEqual([]);
      }
  });

  it('pauses longest between the languages', () => {
    const spoken = speechOf(call(), ['vi', 'en']);
    expect(spoken.map(({ pauseMs }) => pauseMs)).toEqual([100, 160, 90, 90, 90, 160, 160, 550, 160, 90, 90, 90, 160, 160, 550]);
  });
});
