import { useTranslation } from 'react-i18next';
import type { FeeLine } from '../../shared/dossiers/dossier.ts';
import { amountInWords } from '../../shared/fees/words.ts';
import { formatVnd } from '../../shared/lib/money.ts';
import styles from './FeeTable.module.css';

/** Phí and lệ phí line by line, the total in figures and in words. */
export function FeeTable({ lines }: { lines: readonly FeeLine[] }) {
  const { t } = useTranslation('intake');
  const totalVnd = lines.reduce((sum, { amountVnd }) => sum + amountVnd, 0);
  return (
    <div className={styles.fees}>
      {lines.length > 1 &&
        lines.map((line) => (
          <div key={line.feeId} className={styles.line}>
            <span>
              {line.name}
              {line.quantity > 1 && ` × ${line.quantity}`}
              {line.exemption !== undefined && <small>{t('fees.exempt', { name: line.exemption })}</small>}
            </span>
            <span className={styles.amount}>{formatVnd(line.amountVnd)}</span>
          </div>
        ))}
      <div className={styles.total}>
        <span>{lines.length === 1 ? lines[0]?.name : t('fees.total')}</span>
        <span className={styles.amount}>{formatVnd(totalVnd)}</span>
      </div>
      <p className={styles.words}>{amountInWords(totalVnd)}</p>
    </div>
  );
}
