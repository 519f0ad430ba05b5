/** XML from a device on the network, within bounds: no document types, no entities but the five of XML, so many elements and no more. */
import { Parser } from 'saxen';

/** Without its prefix: scanners choose prefixes as they like. */
export type XmlElement = { name: string; text: string; children: XmlElement[] };

const MAX_LENGTH = 1_000_000;
const MAX_ELEMENTS = 20_000;
const MAX_DEPTH = 40;

/** Undefined for anything that is not one whole document within these bounds. */
export function parseXml(document: string): XmlElement | undefined {
  if (document.length > MAX_LENGTH) return undefined;
  const top: XmlElement = { name: '', text: '', children: [] };
  const open = [top];
  let elements = 0;
  const refuse = (why: string): never => {
    throw new Error(why);
  };
  const parser = new Parser();
  parser.on('openTag', (qualified) => {
    elements += 1;
    if (elements > MAX_ELEMENTS || open.length > MAX_DEPTH) refuse('too large');
    const element: XmlElement = { name: qualified.replace(/^.*:/u, ''), text: '', children: [] };
    open.at(-1)?.children.push(element);
    open.push(element);
  });
  parser.on('closeTag', () => void open.pop());
  const add = (text: string): void => {
    const element = open.at(-1);
    if (element !== undefined) element.text += text;
  };
  parser.on('text', (text, decode) => add(decode(text)));
  parser.on('cdata', add);
  parser.on('attention', () => refuse('a document type'));
  parser.on('error', (error) => refuse(error.message));
  try {
    parser.parse(document);
  } catch {
    return undefined;
  }
  return open.length === 1 && top.children.length === 1 ? top.children[0] : undefined;
}

/** Every element of this name below, in document order. */
export const descendants = (element: XmlElement, name: string): XmlElement[] =>
  element.children.flatMap((child) => [...(child.name === name ? [child] : []), ...descendants(child, name)]);

export const textOf = (element: XmlElement | undefined, name: string): string | undefined =>
  element === undefined ? undefined : descendants(element, name)[0]?.text.trim();
