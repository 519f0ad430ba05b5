/** A scan looked at in full. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { PaperPage } from '../../shared/scanning/scan.ts';
import { Button } from '../ui/Button.tsx';
import { classes } from '../ui/classes.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { Icon } from '../ui/Icon.tsx';
import { Notice } from '../ui/Notice.tsx';
import { usePicture } from './usePicture.ts';
import styles from './PageDialog.module.css';

const FULL_PX = 1600;

export function PageDialog({ page, title, onTurn, onClose }: { page: PaperPage; title: string; onTurn: () => void; onClose: () => void }) {
  const { t } = useTranslation('scanning');
  const [pageNumber, setPageNumber] = useState(1);
  const picture = usePicture(page.sha256, FULL_PX, pageNumber);
  const [pages, setPages] = useState(1);
  if (picture?.ok === true && picture.value.pages !== pages) setPages(picture.value.pages);
  return (
    <Dialog
      title={title}
      isOpen
      onClose={onClose}
      size="full"
      actions={
        <>
          {pages > 1 && (
            <>
              <Button aria-label={t('previous-sheet')} isDisabled={pageNumber === 1} onPress={() => setPageNumber(pageNumber - 1)}>
                <Icon name="left" size={18} />
              </Button>
              <span className={styles.count}>{t('sheet', { number: pageNumber, count: pages })}</span>
              <Button aria-label={t('next-sheet')} isDisabled={pageNumber === pages} onPress={() => setPageNumber(pageNumber + 1)}>
                <Icon name="right" size={18} />
              </Button>
            </>
          )}
          <Button onPress={onTurn}>
            <Icon name="rotate" size={18} />
            {t('turn-full')}
          </Button>
          <Button variant="primary" onPress={onClose}>
            {t('close')}
          </Button>
        </>
      }
    >
      <div className={styles.stage}>
        {picture?.ok === true && (
          <img
            className={classes(styles.picture, (page.rotation === 90 || page.rotation === 270) && styles.lying, styles[`turn${page.rotation}`])}
            src={picture.value.url}
            alt={title}
          />
        )}
        {picture?.ok === false && <Notice tone="warning" title={t('not-drawable')} />}
      </div>
    </Dialog>
  );
}
