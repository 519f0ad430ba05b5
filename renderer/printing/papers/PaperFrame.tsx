/** What every paper has around its own words, on a roll and on a sheet: agency, QR, title, which copy it is, the office's foot. */
import type { ReactNode } from 'react';
import type { RollWidthDots, SheetSize } from '../../../shared/printing/medium.ts';
import type { OfficeHeading } from '../../../shared/printing/heading.ts';
import { printable } from '../../../shared/printing/printable.ts';
import { paperWords, type PaperWords } from '../../../shared/printing/paper-words.ts';
import { FormHead } from './FormHead.tsx';
import { Heading } from './Heading.tsx';
import { QrCode } from './QrCode.tsx';
import form from './form.module.css';
import roll from './roll.module.css';

export type Medium = { kind: 'roll'; widthDots: RollWidthDots } | { kind: 'sheet'; size: SheetSize };

type PaperFrameProps = {
  medium: Medium;
  heading: OfficeHeading;
  reprint: number;
  /** ASCII. */
  qr: string;
  /** Beside the QR: what it is called, and its value. */
  code?: { label: string; value: string };
  atMs: number;
  agencyCode?: string;
  /** The form's number, e.g. `Mẫu số 02`. */
  formName?: string;
  /** A key of the words; the title is said in both languages. */
  titleKey: string;
  title?: string;
  t: PaperWords;
  children: ReactNode;
};

export function PaperFrame({ medium, heading, reprint, qr, code, atMs, agencyCode, formName, titleKey, title = '', t, children }: PaperFrameProps) {
  const words = title === '' ? t(titleKey) : title;
  const english = title === '' ? paperWords('en')(titleKey) : words;
  if (medium.kind === 'sheet')
    return (
      <article className={form.form}>
        <FormHead heading={heading} qr={qr} agencyCode={agencyCode} atMs={atMs} t={t} />
        {(code !== undefined || formName !== undefined) && (
          <div className={form.code}>
            {code !== undefined && (
              <>
                {code.label}: <b>{code.value}</b>
              </>
            )}
            <span>{formName}</span>
          </div>
        )}
        <h1>
          {words}
          {english !== words && <small>{english}</small>}
        </h1>
        {reprint > 0 && <div className={form.reprint}>{t('reprint', { number: reprint })}</div>}
        {children}
        {footOf(heading).length > 0 && <footer className={form.foot}>{footOf(heading).join(' · ')}</footer>}
      </article>
    );
  return (
    <article>
      <Heading heading={heading} reprint={reprint} t={t} />
      <h1 className={roll.title}>{words}</h1>
      {(english !== words || formName !== undefined) && (
        <div className={roll.formName}>{[formName, english === words ? undefined : english].filter(Boolean).join(' · ')}</div>
      )}
      {code !== undefined && (
        <div className={medium.widthDots === 576 ? roll.codeBeside : roll.codeBelow}>
          <QrCode text={qr} maxSidePx={180} />
          <div>
            <div className={roll.label}>{code.label}</div>
            <div className={roll.code}>{code.value}</div>
          </div>
        </div>
      )}
      {children}
      {footOf(heading).length > 0 && (
        <footer className={roll.footer}>
          {footOf(heading).map((line) => (
            <div key={line}>{line}</div>
          ))}
        </footer>
      )}
    </article>
  );
}

const footOf = ({ address, phone, footer }: OfficeHeading): string[] =>
  [address, phone, footer]
    .filter((text) => text !== undefined)
    .map(printable)
    .filter((text) => text !== '');
