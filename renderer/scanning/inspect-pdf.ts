/** Judges a PDF before it is taken in: whether it opens for everybody, starts nothing, and ends somewhere. */
import { fail, ok, type Failure, type Result } from '../../shared/lib/result.ts';
import { MAX_PDF_PAGES } from '../../shared/scanning/scan.ts';
import { asksForPassword, withPdf } from './pdf-page.ts';

/** As names stand in a file (ISO 32000-1 § 12.6.4): a script, or a program to start. In packed objects pdf.js finds the scripts. */
const ACTIVE = /\/(?:JavaScript|Launch)[\s/<([>]/u;

/** Read in parts: as one string a large file would take its size again. */
const PART = 2 ** 20;
const LONGEST_NAME = 16;

function saysActive(bytes: Uint8Array): boolean {
  const latin1 = new TextDecoder('latin1');
  for (let at = 0; at < bytes.byteLength; at += PART) if (ACTIVE.test(latin1.decode(bytes.subarray(at, at + PART + LONGEST_NAME)))) return true;
  return false;
}

/** The bytes are gone afterwards. */
export async function inspectPdf(
  bytes: Uint8Array,
): Promise<Result<{ pages: number }, Failure<'scan-locked' | 'scan-damaged' | 'scan-active' | 'scan-too-many-pages'>>> {
  if (saysActive(bytes)) return fail('scan-active');
  try {
    return await withPdf(bytes, async (pdf) => {
      if (pdf.numPages > MAX_PDF_PAGES) return fail('scan-too-many-pages', { pages: pdf.numPages, max: MAX_PDF_PAGES });
      if (await pdf.hasJSActions()) return fail('scan-active');
      // The first page has to be one: a file that broke off still names its pages.
      await pdf.getPage(1);
      return ok({ pages: pdf.numPages });
    });
  } catch (error) {
    return fail(asksForPassword(error) ? 'scan-locked' : 'scan-damaged');
  }
}
