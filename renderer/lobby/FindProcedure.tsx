/** Finds what a citizen wants to do by everyday words, and says what to bring for it. */
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { createProcedureSearch } from '../../shared/catalogue/search.ts';
import type { Procedure } from '../../shared/catalogue/catalogue.ts';
import { papersToBring } from '../../shared/lobby/papers-to-bring.ts';
import { useShell } from '../app/shell-context.tsx';
import { Icon } from '../ui/Icon.tsx';
import { TextField } from '../ui/TextField.tsx';
import type { Step } from './lobby-store.ts';
import { Choice, Choices, Next, Question, Waiting } from './parts.tsx';
import { useCatalogue, usePaperTrouble, useVisit } from './visit-context.ts';
import styles from './lobby.module.css';

const SHOWN = 6;

const declaring = (procedure: Procedure): Step => ({ name: 'declare', procedure, part: procedure.cases.length > 1 ? 'case' : 'who' });

export function FindProcedure({ isDeclaring }: { isDeclaring: boolean }) {
  const { t } = useTranslation('lobby');
  const { back, go } = useVisit();
  const catalogue = useCatalogue();
  const [text, setText] = useState('');
  const search = useMemo(() => (catalogue === null ? null : createProcedureSearch(catalogue.procedures)), [catalogue]);
  const found = useMemo(() => (text.trim() === '' ? [] : (search?.search(text, SHOWN) ?? []).map(({ procedure }) => procedure)), [search, text]);
  const choose = (procedure: Procedure) => go(isDeclaring ? declaring(procedure) : { name: 'papers', procedure });

  if (catalogue === null) return <Waiting words={t('oneMoment')} />;
  return (
    <Question words={t('find.question')} hint={t('find.hint')} onBack={back}>
      <TextField label={t('find.label')} isLabelHidden value={text} onChange={setText} autoFocus maxLength={80} placeholder={t('find.placeholder')} />
      <div role="status" aria-live="polite">
        {text.trim() !== '' && found.length === 0 && <p className={styles.hint}>{t('find.nothing')}</p>}
      </div>
      <Choices>
        {found.map((procedure) => (
          <Choice key={procedure.code} onPress={() => choose(procedure)}>
            {procedure.name}
          </Choice>
        ))}
      </Choices>
    </Question>
  );
}

export function Papers({ procedure }: { procedure: Procedure }) {
  const { t } = useTranslation('lobby');
  const { bridge, info } = useShell();
  const canPrint = usePaperTrouble() === null;
  const { back, go, wishFor } = useVisit();
  const [isPrinted, setIsPrinted] = useState(false);
  const papers = useMemo(() => papersToBring(procedure, info.settings.office.areaClass), [procedure, info]);
  return (
    <Question
      words={procedure.name}
      hint={papers.length === 0 ? t('papers.none') : t('papers.bring')}
      onBack={back}
      next={<Next onPress={() => wishFor(procedure)}>{t('papers.takeNumber')}</Next>}
    >
      <ul className={styles.papers}>
        {papers.map(({ name, isRequired }) => (
          <li key={name}>
            <Icon name="file" size={28} />
            <span>
              {name}
              {!isRequired && <span className={styles.ifAny}> {t('papers.ifAny')}</span>}
            </span>
          </li>
        ))}
      </ul>
      {papers.length > 0 && <p className={styles.hint}>{t(canPrint ? 'papers.onTicket' : 'papers.onScreen')}</p>}
      <Choices>
        <Choice onPress={() => go(declaring(procedure))}>{t('papers.declare')}</Choice>
        {papers.length > 0 && canPrint && (
          <Choice isDisabled={isPrinted} onPress={() => void bridge.invoke('lobby:print-papers', { procedureCode: procedure.code }).then(setIsPrinted)}>
            {t(isPrinted ? 'papers.printed' : 'papers.print')}
          </Choice>
        )}
      </Choices>
    </Question>
  );
}
