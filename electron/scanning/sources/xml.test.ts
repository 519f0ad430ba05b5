import { describe, expect, it } from 'vitest';
import { descendants, parseXml, textOf } from './xml.ts';

describe('parseXml', () => {
  it('reads elements whatever their prefixes, with the five entities of XML', () => {
    const root = parseXml('<?xml version="1.0"?><a:status xmlns:a="x"><b:state>Idle &amp; <![CDATA[<ready>]]></b:state><state>2</state></a:status>');
    expect(root?.name).toBe('status');
    expect(root && descendants(root, 'state').map(({ text }) => text)).toEqual(['Idle & <ready>', '2']);
    expect(textOf(root, 'none')).toBeUndefined();
  });

  it.each([
    ['entities that grow', '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>'],
    ['a file of this computer', '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'],
    ['half a document', '<x><y>'],
    ['elements without end', `${'<x>'.repeat(5_000)}${'</x>'.repeat(5_000)}`],
    ['more elements than a scanner needs', `<x>${'<y/>'.repeat(30_000)}</x>`],
    ['a page of a captive portal', 'Please sign in'],
    ['two documents', '<x/><y/>'],
    ['nothing', ''],
  ])('refuses %s', (_, document) => {
    expect(parseXml(document)).toBeUndefined();
  });
});
