/** Mẫu 06 (phiếu kiểm soát quá trình giải quyết hồ sơ): travels with the dossier; each hand-over is signed by both sides. */
import { formatDateTime } from '../../../shared/lib/time.ts';
import type { ControlSlipPaper } from '../../../shared/printing/paper.ts';
import { printable } from '../../../shared/printing/printable.ts';
import { receiptFacts } from '../../../shared/printing/receipt-facts.ts';
import { PaperFrame } from './PaperFrame.tsx';
import type { FormProps } from './OfficialForm.tsx';
import { Facts } from './parts.tsx';
import styles from './control-slip.module.css';

/** As many as fit on one A5 page. */
const HAND_OVERS = 5;

export function ControlSlipForm({ paper, reprint, size, t }: FormProps<ControlSlipPaper>) {
  const { heading, dossier } = paper;
  const { applicant, procedureName, procedureCode, code } = receiptFacts(dossier);
  return (
    <PaperFrame
      medium={{ kind: 'sheet', size }}
      heading={heading}
      reprint={reprint}
      qr={code}
      code={{ label: t('receipt.code'), value: code }}
      atMs={dossier.acceptedAtMs}
      agencyCode={dossier.agencyCode}
      formName={t('forms.number', { number: '06' })}
      titleKey="forms.controlSlip.title"
      t={t}
    >
      <Facts
        facts={[
          [t(`receipt.applicant.${applicant.kind}`), applicant.name],
          [t('receipt.phone'), applicant.phone],
          [t('receipt.content'), t('receipt.procedure', { name: procedureName, code: procedureCode })],
          [t('receipt.due'), dossier.dueAtMs === null ? t('receipt.dueOpen') : formatDateTime(dossier.dueAtMs)],
        ]}
      />
      <table className={styles.slip}>
        <thead>
          <tr>
            <th>{t('forms.controlSlip.unit')}</th>
            <th>{t('forms.controlSlip.time')}</th>
            <th>{t('forms.controlSlip.result')}</th>
            <th>{t('form.note')}</th>
          </tr>
        </thead>
        <tbody>
          {Array.from({ length: HAND_OVERS }, (_, at) => (
            <tr key={at}>
              <td>
                <div>
                  {t('forms.controlSlip.gives')}
                  <b>{at === 0 ? printable(heading.officeName) : '………………'}</b>
                </div>
                <div>{t('forms.controlSlip.takes')} ………………</div>
              </td>
              <td>
                <div className={styles.moment}>{t('forms.controlSlip.moment')}</div>
                <div className={styles.signs}>
                  <span>{t('forms.controlSlip.giver')}</span>
                  <span>{t('forms.controlSlip.taker')}</span>
                </div>
              </td>
              <td>
                <div>☐ {t('forms.controlSlip.early')}</div>
                <div>☐ {t('forms.controlSlip.inTime')}</div>
                <div>☐ {t('forms.controlSlip.late')}</div>
              </td>
              <td />
            </tr>
          ))}
        </tbody>
      </table>
    </PaperFrame>
  );
}
