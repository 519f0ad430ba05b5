/** How far a dossier is, for who knows its code and the last digits of the ID number in it. */
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { dateAt, formatDate, formatDateTime } from '../../shared/lib/time.ts';
import { SECOND_FACTOR_DIGITS, type LookedUp, type LookUpFailureKind } from '../../shared/lobby/look-up.ts';
import { parseCccdQr } from '../../shared/identity/cccd.ts';
import { useShell } from '../app/shell-context.tsx';
import { useCardReader } from '../app/useCardReader.ts';
import { Notice } from '../ui/Notice.tsx';
import { TextField } from '../ui/TextField.tsx';
import { Ending, Next, Outcome, Question } from './parts.tsx';
import { useVisit } from './visit-context.ts';
import styles from './lobby.module.css';

const MAX_CODE = 64;
/** A receipt's QR holds the code alone; whatever else a reader types is none. */
const isCode = (text: string): boolean => /^[\p{L}\p{N}][\p{L}\p{N}.\-/]{3,63}$/u.test(text.trim());

export function LookUp({ failure }: { failure: LookUpFailureKind | undefined }) {
  const { t } = useTranslation('lobby');
  const { info } = useShell();
  const { back, lookUp } = useVisit();
  const [code, setCode] = useState('');
  const [digits, setDigits] = useState('');
  const [isAsking, setIsAsking] = useState(false);
  const digitsField = useRef<HTMLInputElement>(null);
  const isComplete = isCode(code) && digits.length === SECOND_FACTOR_DIGITS;
  const ask = () => {
    if (!isComplete || isAsking) return;
    setIsAsking(true);
    void lookUp(code.trim(), digits).finally(() => setIsAsking(false));
  };
  useCardReader((text) => {
    const read = parseCccdQr(text);
    const idNumber = read.ok ? read.value.card.idNumber : undefined;
    if (idNumber !== undefined) setDigits(idNumber.slice(-SECOND_FACTOR_DIGITS));
  });
  return (
    <Question
      words={t('lookUp.question')}
      hint={t('lookUp.hint')}
      onBack={back}
      next={
        <Next onPress={ask} isDisabled={!isComplete}>
          {t('lookUp.ask')}
        </Next>
      }
    >
      <div className={styles.fields}>
        <TextField
          label={t('lookUp.code')}
          value={code}
          onChange={setCode}
          onSubmit={() => digitsField.current?.focus()}
          autoFocus
          maxLength={MAX_CODE}
          type="text"
          description={t('lookUp.codeHint')}
          id="dossier-code"
        />
        <TextField
          label={t('lookUp.digits')}
          value={digits}
          onChange={(typed) => setDigits(typed.replace(/\D/gu, '').slice(0, SECOND_FACTOR_DIGITS))}
          onSubmit={ask}
          inputMode="numeric"
          maxLength={SECOND_FACTOR_DIGITS}
          description={t('lookUp.digitsHint')}
          inputRef={digitsField}
        />
      </div>
      {failure !== undefined && !isAsking && (
        <Outcome>
          <Notice tone={failure === 'offline' ? 'offline' : 'warning'} title={t(`lookUp.failed.${failure}`)}>
            {t(`lookUp.advice.${failure}`)}
            {failure === 'offline' && info.settings.office.phone !== undefined && ` ${t('lookUp.call', { phone: info.settings.office.phone })}`}
          </Notice>
        </Outcome>
      )}
    </Question>
  );
}

export function Status({ status, askedCode, onEnd }: { status: LookedUp; askedCode: string; onEnd: () => void }) {
  const { t } = useTranslation('lobby');
  const { clock } = useShell();
  const { code, procedureName, acceptedAtMs, dueAtMs, stage, isOfOffice } = status;
  const isReplaced = askedCode.toUpperCase() !== code;
  const isLate = dueAtMs !== null && dueAtMs < clock();
  return (
    <Ending title={t(`status.stage.${stage}`)} onEnd={onEnd} label={t('finish')}>
      {isReplaced && <Notice tone="info" title={t('status.replaced', { former: askedCode.toUpperCase(), code })} />}
      {isOfOffice && <Notice tone="offline" title={t('status.ofOffice')} />}
      <dl className={styles.facts}>
        <dt>{t('status.code')}</dt>
        <dd>{code}</dd>
        <dt>{t('status.procedure')}</dt>
        <dd>{procedureName}</dd>
        <dt>{t('status.accepted')}</dt>
        <dd>{formatDate(dateAt(acceptedAtMs))}</dd>
        <dt>{t('status.due')}</dt>
        <dd>{dueAtMs === null ? t('status.dueByProject') : formatDateTime(dueAtMs)}</dd>
      </dl>
      <p className={styles.hint}>{t(isLate ? 'status.late' : `status.advice.${stage}`)}</p>
    </Ending>
  );
}
