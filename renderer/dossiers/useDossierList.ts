/** The rows of the list, newest first: the first page is followed as it changes, older ones are read as the officer goes down. */
import { useLiveQuery } from 'dexie-react-hooks';
import { useRef, useState } from 'react';
import { useServices } from '../app/services.tsx';
import type { DossierRow } from '../db/database.ts';
import { FIRST_PAGE, type DossierQuery } from '../db/dossier-repository.ts';

/** Of what is read on as the officer goes down. */
const PAGE = 100;

type Rows = { asked: string; rows: readonly DossierRow[]; isWhole: boolean };

export type DossierList = {
  /** Undefined until the first answer; then those of the last query that was answered, which `asked` names. */
  rows: readonly DossierRow[] | undefined;
  asked: string;
  isWhole: boolean;
  readMore(): void;
};

export function useDossierList(query: Omit<DossierQuery, 'limit'>): DossierList {
  const { dossiers } = useServices();
  const asked = JSON.stringify(query);
  const first = useLiveQuery(async (): Promise<Rows> => {
    const rows = await dossiers.find({ ...(JSON.parse(asked) as typeof query), limit: FIRST_PAGE });
    return { asked, rows, isWhole: rows.length < FIRST_PAGE };
  }, [dossiers, asked]);
  const [further, setFurther] = useState<Rows | null>(null);
  const isReading = useRef(false);

  const shown = first === undefined || first.isWhole || further?.asked !== first.asked ? first : joined(first, further);
  return {
    rows: shown?.rows,
    asked: shown?.asked ?? asked,
    isWhole: shown?.isWhole ?? true,
    readMore() {
      const afterSeq = shown?.rows.at(-1)?.seq;
      if (shown === undefined || shown.asked !== asked || afterSeq === undefined || isReading.current) return;
      isReading.current = true;
      void dossiers
        .find({ ...query, afterSeq, limit: PAGE })
        .then((rows) => setFurther({ asked, rows: [...shown.rows, ...rows], isWhole: rows.length < PAGE }))
        .finally(() => (isReading.current = false));
    },
  };
}

/** What a new dossier pushes out of the first page stands among the further rows already. */
function joined(first: Rows, further: Rows): Rows {
  const lastSeq = first.rows.at(-1)?.seq ?? Infinity;
  return { ...further, rows: [...first.rows, ...further.rows.filter(({ seq }) => seq < lastSeq)] };
}
