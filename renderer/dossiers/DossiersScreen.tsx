/** Hồ sơ: one search box, the list, and a pane to read the chosen dossier in. */
import { useLiveQuery } from 'dexie-react-hooks';
import { useEffect, useRef, useState } from 'react';
import { Collection, ListBox, ListBoxItem, ListBoxLoadMoreItem, ListLayout, Virtualizer } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { DossierId } from '../../shared/dossiers/dossier.ts';
import { formatDateTime } from '../../shared/lib/time.ts';
import { DeliveryChip } from '../app/DeliveryChip.tsx';
import { useDeliveries } from '../app/deliveries.ts';
import { useServices } from '../app/services.tsx';
import { useRoute } from '../app/shell-context.tsx';
import { Chip } from '../ui/Chip.tsx';
import { classes } from '../ui/classes.ts';
import { EmptyState } from '../ui/EmptyState.tsx';
import { Page } from '../ui/Page.tsx';
import { Progress } from '../ui/Progress.tsx';
import { SearchField } from '../ui/SearchField.tsx';
import { useShortcut } from '../ui/useShortcut.ts';
import { DossierPane } from './DossierPane.tsx';
import { DueChip } from './DueChip.tsx';
import styles from './dossiers.module.css';

/** A first page is there at once; more come as the officer goes down the list. */
const PAGE = 100;
const LISTED = 1000;
const ROW_PX = 98;

export function DossiersScreen({ dossierId }: { dossierId?: string }) {
  const { t } = useTranslation('dossiers');
  const { dossiers, restoring } = useServices();
  const { progress } = useStore(restoring);
  const { go } = useRoute();
  const [text, setText] = useState('');
  const search = useRef<HTMLInputElement>(null);
  const [limit, setLimit] = useState(PAGE);
  const rows = useLiveQuery(() => dossiers.find({ text, limit }), [dossiers, text, limit]);
  const deliveries = useDeliveries(rows?.map((row) => row.dossierId) ?? []);

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
      <div className={styles.split}>
        <div className={styles.left}>
          <SearchField
            label={t('search')}
            placeholder={t('searchHint')}
            value={text}
            onChange={(typed) => {
              setText(typed);
              setLimit(PAGE);
            }}
            inputRef={search}
            onSubmit={() => {
              const first = rows?.[0];
              if (first !== undefined) open(first.dossierId);
            }}
          />
          {progress !== null && <Progress label={t('restoring', progress)} value={progress.done / Math.max(progress.total, 1)} />}
          {rows?.length === 0 ? (
            <EmptyState icon={text === '' ? 'folder' : 'search'} title={text === '' ? t('empty') : t('notFound')}>
              {text === '' ? t('emptyWords') : t('notFoundWords', { text })}
            </EmptyState>
          ) : (
            <Virtualizer layout={ListLayout} layoutOptions={{ rowHeight: ROW_PX }}>
              <ListBox
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
                <Collection items={rows?.map((row) => ({ ...row, id: row.dossierId, delivery: deliveries.get(row.dossierId) })) ?? []}>
                  {(row) => (
                    <ListBoxItem textValue={`${row.code} ${row.applicantName}`} className={styles.row}>
                      <span className={styles.rowHead}>
                        <b className={styles.code}>{row.isDamaged ? t('damaged') : row.code}</b>
                        {row.seq < 0 ? <Chip tone="neutral">{t('restored')}</Chip> : <DeliveryChip delivery={row.delivery} />}
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
                {rows?.length === limit && limit < LISTED && <ListBoxLoadMoreItem onLoadMore={() => setLimit(limit + PAGE)} />}
              </ListBox>
            </Virtualizer>
          )}
          {rows?.length === LISTED && <p className={styles.muted}>{t('onlyNewest', { count: LISTED })}</p>}
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
    </Page>
  );
}
