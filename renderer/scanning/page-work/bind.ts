/** Binds pages into one PDF that says what it is; of our own pictures alone it is written as PDF/A-2b. */
import { degrees, PDFDocument, PDFHexString, PDFName, type PDFPage, type PDFRef } from 'pdf-lib';
import { dimensionsOf, resolutionOf } from '../../../shared/scanning/dimensions.ts';
import { sRgbProfile } from './icc.ts';
import type { Bilevel } from './raster.ts';

export type About = {
  /** The paper's name. */
  title: string;
  /** The procedure's name. */
  subject: string;
  /** The office. */
  author: string;
  keywords: string[];
  atMs: number;
};

export type BoundPage =
  | { kind: 'jpeg' | 'png' | 'pdf'; bytes: Uint8Array; rotation: 0 | 90 | 180 | 270 }
  | { kind: 'g4'; bytes: Uint8Array; size: Pick<Bilevel, 'width' | 'height'>; dpi: number; rotation: 0 | 90 | 180 | 270 };

const PRODUCER = 'Quầy Một Cửa';
const POINTS = 72;
/** Of pictures that do not say: the longer side of ISO 216's A4 in inches. */
const A4_INCHES = 11.693;
/** `/P` and `/AA` of a page can start programs, annotations too: none of them is carried over. */
const ACTIVE = ['Annots', 'AA', 'Thumb', 'B', 'PieceInfo', 'StructParents'];

const dpiOf = (width: number, height: number, stated: number | undefined): number => stated ?? Math.max(width, height) / A4_INCHES;

function addPicture(document: PDFDocument, picture: PDFRef, { width, height }: { width: number; height: number }, dpi: number): PDFPage {
  const size: [number, number] = [(width / dpi) * POINTS, (height / dpi) * POINTS];
  const page = document.addPage(size);
  const name = page.node.newXObject('Page', picture);
  const content = `q ${size[0].toFixed(3)} 0 0 ${size[1].toFixed(3)} 0 0 cm ${name.toString()} Do Q`;
  page.node.set(PDFName.of('Contents'), document.context.register(document.context.stream(content)));
  return page;
}

async function addPage(document: PDFDocument, page: BoundPage): Promise<PDFPage[]> {
  switch (page.kind) {
    case 'g4': {
      const { width, height } = page.size;
      const { context } = document;
      const picture = context.stream(page.bytes, {
        Type: 'XObject',
        Subtype: 'Image',
        Width: width,
        Height: height,
        ColorSpace: 'DeviceGray',
        BitsPerComponent: 1,
        Filter: 'CCITTFaxDecode',
        DecodeParms: { K: -1, Columns: width, Rows: height },
      });
      return [addPicture(document, context.register(picture), page.size, page.dpi)];
    }
    case 'jpeg':
    case 'png': {
      const embedded = await (page.kind === 'jpeg' ? document.embedJpg(page.bytes) : document.embedPng(page.bytes));
      const { width = embedded.width, height = embedded.height } = dimensionsOf(page.bytes) ?? {};
      return [addPicture(document, embedded.ref, embedded, dpiOf(width, height, resolutionOf(page.bytes)))];
    }
    case 'pdf': {
      const source = await PDFDocument.load(page.bytes, { updateMetadata: false });
      const copied = await document.copyPages(source, source.getPageIndices());
      for (const each of copied) {
        for (const name of ACTIVE) each.node.delete(PDFName.of(name));
        document.addPage(each);
      }
      return copied;
    }
  }
}

const escaped = (text: string): string => text.replace(/[<>&"']/gu, (character) => `&#${character.charCodeAt(0)};`).replace(/[^\P{Cc}\t\n]/gu, ' ');

/** ISO 19005-2 § 6.6 and § 6.2.3. */
function markAsArchive(document: PDFDocument, { title, subject, author, keywords, atMs }: About): void {
  const { context, catalog } = document;
  const date = new Date(Math.floor(atMs / 1000) * 1000).toISOString().replace('.000Z', 'Z');
  const xmp = `<?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">${escaped(title)}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>${escaped(author)}</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">${escaped(subject)}</rdf:li></rdf:Alt></dc:description>
<pdf:Keywords>${escaped(keywords.join(' '))}</pdf:Keywords><pdf:Producer>${PRODUCER}</pdf:Producer>
<xmp:CreateDate>${date}</xmp:CreateDate><xmp:ModifyDate>${date}</xmp:ModifyDate><xmp:CreatorTool>${PRODUCER}</xmp:CreatorTool>
<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>
</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>`;
  catalog.set(PDFName.of('Metadata'), context.register(context.stream(new TextEncoder().encode(xmp), { Type: 'Metadata', Subtype: 'XML' })));
  const profile = context.register(context.flateStream(sRgbProfile(), { N: 3 }));
  const intent = context.obj({ Type: 'OutputIntent', S: 'GTS_PDFA1', DestOutputProfile: profile });
  intent.set(PDFName.of('OutputConditionIdentifier'), PDFHexString.fromText('sRGB'));
  catalog.set(PDFName.of('OutputIntents'), context.obj([intent]));
}

/**
 * Page by page, so that no more than one is unpacked at a time. Throws when a PDF among them cannot be opened or is protected.
 */
export async function bind(pages: AsyncIterable<BoundPage>, about: About): Promise<{ bytes: Uint8Array<ArrayBuffer>; pages: number }> {
  const document = await PDFDocument.create({ updateMetadata: false });
  let isArchive = true;
  for await (const page of pages) {
    if (page.kind === 'pdf') isArchive = false;
    for (const added of await addPage(document, page)) added.setRotation(degrees((added.getRotation().angle + page.rotation) % 360));
  }
  const made = new Date(Math.floor(about.atMs / 1000) * 1000);
  document.setTitle(about.title);
  document.setSubject(about.subject);
  document.setAuthor(about.author);
  document.setKeywords(about.keywords);
  document.setProducer(PRODUCER);
  document.setCreator(PRODUCER);
  document.setCreationDate(made);
  document.setModificationDate(made);
  if (isArchive) markAsArchive(document, about);
  const id = PDFHexString.of(Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join(''));
  document.context.trailerInfo.ID = document.context.obj([id, id]);
  const bytes = await document.save({ useObjectStreams: true, addDefaultPage: false });
  return { bytes: bytes as Uint8Array<ArrayBuffer>, pages: document.getPageCount() };
}
