/** Thủ tục: the catalogue in use, its procedures to look through, and how a new one is brought in. */
import { useMemo, useState } from 'react';
import { ListBox, ListBoxItem, ListLayout, Virtualizer } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { createProcedureSearch } from '../../shared/catalogue/search.ts';
import { useServices } from '../app/services.tsx';
import { Chip } from '../ui/Chip.tsx';
import { EmptyState } from '../ui/EmptyState.tsx';
import { Page } from '../ui/Page.tsx';
import { Facts, Panel } from '../ui/Panel.tsx';
import { SearchField } from '../ui/SearchField.tsx';
import { ImportPanel } from './ImportPanel.tsx';
import styles from './catalogue.module.css';

const ROW_PX = 76;
const FOUND = 200;

export function CatalogueScreen() {
  const { t } = useTranslation('catalogue');
  const { catalogue } = useServices();
  const [text, setText] = useState('');
  const search = useMemo(() => createProcedureSearch(catalogue.procedures), [catalogue]);
  const fieldNames = useMemo(() => new Map(catalogue.fields.map((field) => [field.id, field.name])), [catalogue]);
  const procedures = useMemo(
    () => (text.trim() === '' ? catalogue.procedures : search.search(text, FOUND).map((hit) => hit.procedure)),
    [catalogue, search, text],
  );
  const { calendar } = catalogue;

  return (
    <Page title={t('title')} isFilled>
      <div className={styles.split}>
        <div className={styles.left}>
          <SearchField label={t('search')} placeholder={t('searchHint')} value={text} onChange={setText} />
          {procedures.length === 0 ? (
            <EmptyState icon="search" title={t('notFound')}>
              {t('notFoundWords')}
            </EmptyState>
          ) : (
            <Virtualizer layout={ListLayout} layoutOptions={{ rowHeight: ROW_PX }}>
              <ListBox className={styles.list} aria-label={t('title')} items={procedures.map((procedure) => ({ id: procedure.code, procedure }))}>
                {({ procedure }) => (
                  <ListBoxItem textValue={procedure.name} className={styles.row}>
                    <span className={styles.name}>{procedure.name}</span>
                    <span className={styles.muted}>
                      <span className={styles.code}>{procedure.code}</span>
                      <span>{fieldNames.get(procedure.field) ?? procedure.field}</span>
                      <span>{t(`level.${procedure.level}`)}</span>
                      <span>{t('papers', { count: procedure.papers.length })}</span>
                      {procedure.trust === 'recalled' && <Chip tone="warning">{t('recalled')}</Chip>}
                    </span>
                  </ListBoxItem>
                )}
              </ListBox>
            </Virtualizer>
          )}
        </div>
        <div className={styles.right}>
          <ImportPanel />
          <Panel>
            <Facts
              facts={[
                { name: t('version'), value: catalogue.version },
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
