/** Which paper this one takes the place of, by the codes that stand on it. */
import { Fragment } from 'react';
import type { PaperWords } from '../../../shared/printing/paper-words.ts';
import styles from './former-codes.module.css';

export function FormerCodes({ codes, t }: { codes: readonly string[]; t: PaperWords }) {
  return (
    <div className={styles.former}>
      {t('receipt.replaces')}
      {codes.map((code) => (
        <Fragment key={code}>
          {' '}
          <span className={styles.code}>{code}</span>
        </Fragment>
      ))}
    </div>
  );
}
