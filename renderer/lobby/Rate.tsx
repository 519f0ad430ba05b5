/** One of five faces, and a ready-made reason or two if one likes: nothing that could name anyone. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { reasonsAfter, scores, type Rating } from '../../shared/lobby/rating.ts';
import { Choice, Choices, Ending, Next, Question } from './parts.tsx';
import { useVisit } from './visit-context.ts';
import styles from './lobby.module.css';

/** How far the ends of the mouth are above its middle, on a 24-unit grid. */
const SMILES = [-4, -2, 0, 2, 4];

function Face({ score }: { score: number }) {
  const bend = SMILES[score - 1] ?? 0;
  return (
    <svg className={styles.face} viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth={1.6} strokeLinecap="round" aria-hidden="true">
      <circle cx="12" cy="12" r="9.5" />
      <path d={`M8.500 9v.6M15.500 9v.6M8 ${15.5 - bend / 4}Q12 ${15.5 + bend} 16 ${15.5 - bend / 4}`} />
    </svg>
  );
}

export function Rate() {
  const { t } = useTranslation('lobby');
  const { back, go } = useVisit();
  return (
    <Question words={t('rate.question')} hint={t('rate.hint')} onBack={back}>
      <div className={styles.faces}>
        {scores.map((score) => (
          <Choice key={score} onPress={() => go({ name: 'reasons', score })}>
            <Face score={score} />
            <span>{t(`rate.score.${score}`)}</span>
          </Choice>
        ))}
      </div>
    </Question>
  );
}

export function Reasons({ score }: { score: number }) {
  const { t } = useTranslation('lobby');
  const { back, rate } = useVisit();
  const [reasons, setReasons] = useState<Rating['reasons']>([]);
  return (
    <Question words={t('rate.why')} hint={t('rate.whyHint')} onBack={back} next={<Next onPress={() => void rate({ score, reasons })}>{t('rate.send')}</Next>}>
      <Choices>
        {reasonsAfter(score).map((reason) => {
          const isOn = reasons.includes(reason);
          return (
            <Choice key={reason} isOn={isOn} onPress={() => setReasons(isOn ? reasons.filter((other) => other !== reason) : [...reasons, reason])}>
              {t(`rate.reason.${reason}`)}
            </Choice>
          );
        })}
      </Choices>
    </Question>
  );
}

export function Thanks({ onEnd }: { onEnd: () => void }) {
  const { t } = useTranslation('lobby');
  return <Ending title={t('rate.thanks')} onEnd={onEnd} label={t('finish')} />;
}
