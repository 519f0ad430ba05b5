/** What Mẫu 02 to 06 share: the head, whose dossier it is, and the officer's signature with the place of the seal. */
import type { ReactNode } from 'react';
import type { Dossier } from '../../../shared/dossiers/dossier.ts';
import type { SheetSize } from '../../../shared/printing/medium.ts';
import type { OfficeHeading } from '../../../shared/printing/heading.ts';
import { printable } from '../../../shared/printing/printable.ts';
import { receiptFacts } from '../../../shared/printing/receipt-facts.ts';
import type { PaperWords } from '../../../shared/printing/paper-words.ts';
import { PaperFrame } from './PaperFrame.tsx';
import { Facts, Section, Signatures, type FactLine } from './parts.tsx';

/** What every template of a sheet is given. */
export type FormProps<P> = { paper: P; reprint: number; size: SheetSize; t: PaperWords };

type OfficialFormProps = {
  form: { number: string; titleKey: string };
  heading: OfficeHeading;
  dossier: Dossier;
  issuedAtMs: number;
  officerName: string;
  reprint: number;
  size: SheetSize;
  /** Lines after those that name the dossier. */
  facts?: readonly FactLine[];
  /** Signs beside the officer. */
  other?: { role: string; name?: string };
  t: PaperWords;
  children?: ReactNode;
};

export function OfficialForm({ form, heading, dossier, issuedAtMs, officerName, reprint, size, facts = [], other, t, children }: OfficialFormProps) {
  const { applicant, procedureName, procedureCode, code } = receiptFacts(dossier);
  return (
    <PaperFrame
      medium={{ kind: 'sheet', size }}
      heading={heading}
      reprint={reprint}
      qr={code}
      code={{ label: t('receipt.code'), value: code }}
      atMs={issuedAtMs}
      agencyCode={dossier.agencyCode}
      formName={t('forms.number', { number: form.number })}
      titleKey={form.titleKey}
      t={t}
    >
      <Facts
        facts={[
          [t(`receipt.applicant.${applicant.kind}`), applicant.name],
          [t(`receipt.idNumber.${applicant.kind}`), applicant.idNumber],
          [t('receipt.address'), applicant.address],
          [t('receipt.phone'), applicant.phone],
          [t('receipt.email'), applicant.email],
          [t('receipt.content'), t('receipt.procedure', { name: procedureName, code: procedureCode })],
          ...facts,
        ]}
      />
      {children}
      <Signatures
        signers={[
          { role: other?.role ?? t('receipt.signApplicant'), hint: t('receipt.signHint'), name: other?.name },
          { role: t('forms.officer'), hint: t('receipt.signHint'), name: printable(officerName), seal: heading.sealText },
        ]}
      />
    </PaperFrame>
  );
}

/** A heading and what an officer wrote, as written: line by line. */
export function Written({ title, text }: { title: string; text: string }) {
  const lines = text.split(/\r?\n/u).map(printable);
  return (
    <Section title={title}>
      <p>{lines.join('\n')}</p>
    </Section>
  );
}
