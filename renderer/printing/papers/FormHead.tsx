/** The top of every official form: QR at the left (TT 01/2023, TCVN 7322), the agency, the state's name and motto, the day. */
import { printable } from '../../../shared/printing/printable.ts';
import type { OfficeHeading } from '../../../shared/printing/heading.ts';
import { momentParts } from '../../../shared/printing/due-words.ts';
import type { PaperWords } from '../../../shared/printing/paper-words.ts';
import { QrCode } from './QrCode.tsx';
import styles from './form.module.css';

/** Large enough for a cheap reader at arm's length: about 20 mm. */
const QR_SIDE_PX = 76;

type FormHeadProps = { heading: OfficeHeading; qr: string; agencyCode?: string; atMs: number; t: PaperWords };

export function FormHead({ heading, qr, agencyCode, atMs, t }: FormHeadProps) {
  return (
    <header className={styles.head}>
      <QrCode text={qr} maxSidePx={QR_SIDE_PX} />
      <div className={styles.agency}>
        {heading.header?.map((line) => (
          <div key={line}>{printable(line)}</div>
        ))}
        <div>{printable(heading.agencyName)}</div>
        <b>{printable(heading.officeName)}</b>
        {agencyCode !== undefined && (
          <div>
            {t('receipt.agencyCode')}: {printable(agencyCode)}
          </div>
        )}
      </div>
      <div className={styles.state}>
        <b>{t('form.state')}</b>
        <b className={styles.motto}>{t('form.motto')}</b>
        <div className={styles.day}>{t('form.day', momentParts(atMs))}</div>
      </div>
    </header>
  );
}
