/** Hồ sơ: one search box, filters, the list, and a pane to read the chosen dossier in. */
import { createContext, useContext, useEffect, useRef } from 'react';
import { Collection, ListBox, ListBoxItem, ListBoxLoadMoreItem, ListLayout, Virtualizer } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { DossierId } from '../../shared/dossiers/dossier.ts';
import { formatDateTime } from '../../shared/lib/time.ts';
import { DeliveryChip } from '../app/DeliveryChip.tsx';
import { useDeliveries } from '../app/deliveries.ts';
import { useServices } from '../app/services.tsx';
import { useRoute, useShell } from '../app/shell-context.tsx';
import { Chip } from '../ui/Chip.tsx';
import { classes } from '../ui/classes.ts';
import { EmptyState } from '../ui/EmptyState.tsx';
import { Page } from '../ui/Page.tsx';
import { Progress } from '../ui/Progress.tsx';
import { SearchField } from '../ui/SearchField.tsx';
import { useShortcut } from '../ui/useShortcut.ts';
import { DossierFilters } from './DossierFilters.tsx';
import { DossierPane } from './DossierPane.tsx';
import { DueChip } from './DueChip.tsx';
import { isFiltered, queryOf } from './list-filter.ts';
import { useDossierList } from './useDossierList.ts';
import styles from './dossiers.module.css';

const ROW_PX = 98;
/** In heights of the list: how far below its lower edge the next rows are read, so that the end is not seen before it is there. */
const AHEAD = 3;

/** Through a context, so that news of one delivery draws its row again and does not make the whole collection anew. */
const Deliveries = createContext<ReturnType<typeof useDeliveries>>(new Map());
const RowDelivery = ({ dossierId }: { dossierId: string }) => <DeliveryChip delivery={useContext(Deliveries).get(dossierId)} />;

export function DossiersScreen({ dossierId }: { dossierId?: string }) {
  const { t } = useTranslation('dossiers');
  const { restoring } = useServices();
  const { progress } = useStore(restoring);
  const { go } = useRoute();
  const { filter, choose } = useStore(useShell().listFilter);
  const { text } = filter;
  const search = useRef<HTMLInputElement>(null);
  const { rows, asked, isWhole, readMore } = useDossierList(queryOf(filter));
  const deliveries = useDeliveries(rows?.map((row) => row.dossierId) ?? []);
  const isNarrowed = text !== '' || isFiltered(filter);

  useEffect(() => search.current?.focus(), []);
  useShortcut(
    'F3',
    () => {
      search.current?.focus();
      search.current?.select();
    },
    { label: t('search') },
  );
  const open = (id: string) => go({ name: 'dossiers', dossierId: id });

  return (
    <Page title={t('title')} isFilled>
      <Deliveries value={deliveries}>
        <div className={styles.split}>
          <div className={styles.left}>
            <SearchField
              label={t('search')}
              placeholder={t('searchHint')}
              value={text}
              onChange={(typed) => choose({ text: typed })}
              inputRef={search}
              onSubmit={() => {
                const first = rows?.[0];
                if (first !== undefined) open(first.dossierId);
              }}
            />
            <DossierFilters filter={filter} onChoose={choose} />
            {progress !== null && <Progress label={t('restoring', progress)} value={progress.done / Math.max(progress.total, 1)} />}
            {rows?.length === 0 ? (
              <EmptyState icon={isNarrowed ? 'search' : 'folder'} title={isNarrowed ? t('notFound') : t('empty')}>
                {!isNarrowed ? t('emptyWords') : isFiltered(filter) ? t('noneFiltered') : t('notFoundWords', { text })}
              </EmptyState>
            ) : (
              <Virtualizer layout={ListLayout} layoutOptions={{ rowHeight: ROW_PX }}>
                <ListBox
                  // What answers another query is read from its top.
                  key={asked}
                  className={styles.list}
                  aria-label={t('title')}
                  selectionMode="single"
                  selectionBehavior="replace"
                  selectedKeys={dossierId === undefined ? [] : [dossierId]}
                  onSelectionChange={(keys) => {
                    const [chosen] = keys;
                    if (keys !== 'all' && chosen !== undefined) open(String(chosen));
                  }}
                >
                  <Collection items={rows ?? []}>
                    {(row) => (
                      <ListBoxItem id={row.dossierId} textValue={`${row.code} ${row.applicantName}`} className={styles.row}>
                        <span className={styles.rowHead}>
                          <b className={styles.code}>{row.isDamaged ? t('damaged') : row.code}</b>
                          {row.seq < 0 ? <Chip tone="neutral">{t('restored')}</Chip> : <RowDelivery dossierId={row.dossierId} />}
                        </span>
                        <span className={styles.ellipsis}>
                          <b className={styles.name}>{row.applicantName}</b> · {row.procedureName}
                        </span>
                        <span className={styles.rowHead}>
                          <span className={styles.muted}>{formatDateTime(row.acceptedAtMs)}</span>
                          <DueChip dueAtMs={row.dueAtMs} />
                        </span>
                      </ListBoxItem>
                    )}
                  </Collection>
                  {!isWhole && <ListBoxLoadMoreItem onLoadMore={readMore} scrollOffset={AHEAD} />}
                </ListBox>
              </Virtualizer>
            )}
          </div>
          <div className={dossierId === undefined ? classes(styles.pane, styles.emptyPane) : styles.pane}>
            {dossierId === undefined ? (
              <EmptyState icon="file" title={t('choose')}>
                {t('chooseWords')}
              </EmptyState>
            ) : (
              <DossierPane key={dossierId} dossierId={dossierId as DossierId} delivery={deliveries.get(dossierId)} />
            )}
          </div>
        </div>
      </Deliveries>
    </Page>
  );
}
