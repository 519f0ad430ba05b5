/** Thủ tục: the catalogue in use, its procedures to look through, and how a new one is brought in. */
import { useDeferredValue, useMemo, useState } from 'react';
import { ListBox, ListBoxItem, ListLayout, Virtualizer } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import type { Procedure } from '../../shared/catalogue/catalogue.ts';
import { formatDateTime } from '../../shared/lib/time.ts';
import { useServices } from '../app/services.tsx';
import { usePublications } from '../app/shell-context.tsx';
import { Chip } from '../ui/Chip.tsx';
import { EmptyState } from '../ui/EmptyState.tsx';
import { Notice } from '../ui/Notice.tsx';
import { Page } from '../ui/Page.tsx';
import { Facts, Panel } from '../ui/Panel.tsx';
import { SearchField } from '../ui/SearchField.tsx';
import { ImportPanel } from './ImportPanel.tsx';
import { searchOf } from './search-of.ts';
import styles from './catalogue.module.css';

const ROW_PX = 76;
const FOUND = 200;
const NONE: Procedure[] = [];

export function CatalogueScreen() {
  const { t } = useTranslation('catalogue');
  const { catalogue } = useServices();
  const [text, setText] = useState('');
  // The list of thousands is made in slices, after the screen is there and between keys.
  const shownText = useDeferredValue(text.trim());
  const procedures = useMemo(
    () =>
      shownText === ''
        ? catalogue.procedures
        : searchOf(catalogue)
            .search(shownText, FOUND)
            .map((hit) => hit.procedure),
    [catalogue, shownText],
  );
  const listed = useDeferredValue(procedures, NONE);
  const { calendar } = catalogue;
  const asked = usePublications()?.askedAtMs;

  return (
    <Page title={t('title')} isFilled>
      <div className={styles.split}>
        <div className={styles.left}>
          <SearchField label={t('search')} placeholder={t('searchHint')} value={text} onChange={setText} />
          {listed.length === 0 && listed !== NONE ? (
            <EmptyState icon="search" title={t('notFound')}>
              {t('notFoundWords')}
            </EmptyState>
          ) : (
            <Virtualizer layout={ListLayout} layoutOptions={{ rowHeight: ROW_PX }}>
              <ListBox className={styles.list} aria-label={t('title')} items={listed}>
                {(procedure) => (
                  <ListBoxItem id={procedure.code} textValue={procedure.name} className={styles.row}>
                    <Row procedure={procedure} />
                  </ListBoxItem>
                )}
              </ListBox>
            </Virtualizer>
          )}
        </div>
        <div className={styles.right}>
          <Refused />
          <ImportPanel />
          <Panel>
            <Facts
              facts={[
                { name: t('version'), value: catalogue.version },
                { name: t('origin.name'), value: <Origin /> },
                asked == null ? null : { name: t('asked'), value: formatDateTime(asked) },
                { name: t('count'), value: catalogue.procedures.length },
                { name: t('publishedBy'), value: catalogue.publishedBy },
                { name: t('calendar'), value: t('calendarYears', { version: calendar.version, years: calendar.yearsCovered.join(', ') }) },
              ]}
            />
          </Panel>
        </div>
      </div>
    </Page>
  );
}

/** Whence the catalogue in use came, and since when it is in use. */
function Origin() {
  const { t } = useTranslation('catalogue');
  const inForce = usePublications()?.catalogue;
  if (inForce === undefined) return '–';
  const { origin, sinceMs } = inForce;
  return origin === 'bundled' || sinceMs === null ? t(`origin.${origin}`) : t(`origin.${origin}At`, { time: formatDateTime(sinceMs) });
}

function Refused() {
  const { t } = useTranslation('catalogue');
  const refused = usePublications()?.refused ?? [];
  return refused.map(({ kind, version, place }) => (
    <Notice key={kind} tone="warning" title={t('refused.title', { what: t(`refused.kind.${kind}`), version })}>
      {place === undefined ? t('refused.wordsDigest') : t('refused.words', { place })}
    </Notice>
  ));
}

/** A component of its own: the list knows every procedure, but only those in sight are put into words. */
function Row({ procedure }: { procedure: Procedure }) {
  const { t } = useTranslation('catalogue');
  const { catalogue } = useServices();
  return (
    <>
      <span className={styles.name}>{procedure.name}</span>
      <span className={styles.muted}>
        <span className={styles.code}>{procedure.code}</span>
        <span>{catalogue.fields.find(({ id }) => id === procedure.field)?.name ?? procedure.field}</span>
        <span>{t(`level.${procedure.level}`)}</span>
        <span>{t('papers', { count: procedure.papers.length })}</span>
        {procedure.trust === 'recalled' && <Chip tone="warning">{t('recalled')}</Chip>}
      </span>
    </>
  );
}
