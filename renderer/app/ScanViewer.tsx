/** Shows the scans of a paper one by one, turned as the officer turned them. */
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { createPictures } from '../scanning/picture.ts';
import { PicturesProvider, usePicture } from '../scanning/usePicture.ts';
import type { PaperPage } from '../../shared/scanning/scan.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Icon } from '../ui/Icon.tsx';
import { Notice } from '../ui/Notice.tsx';
import { useShortcut } from '../ui/useShortcut.ts';
import { useServices } from './services.tsx';
import { useFailureWords } from './useFailureWords.ts';
import styles from './ScanViewer.module.css';

/** Pixels of the longer side: an A4 page stays readable at full screen. */
const PICTURE_PX = 1800;

export function ScanViewer({ title, scans, onClose }: { title: string; scans: readonly PaperPage[]; onClose: () => void }) {
  const { scans: repository } = useServices();
  const pictures = useMemo(() => createPictures(repository), [repository]);
  return (
    <Dialog title={title} isOpen onClose={onClose} size="full">
      <PicturesProvider value={pictures}>
        <Pages scans={scans} onClose={onClose} />
      </PicturesProvider>
    </Dialog>
  );
}

function Pages({ scans, onClose }: { scans: readonly PaperPage[]; onClose: () => void }) {
  const { t } = useTranslation('app');
  const words = useFailureWords();
  const [scanIndex, setScanIndex] = useState(0);
  const [pageNumber, setPageNumber] = useState(1);
  const scan = scans[scanIndex] ?? scans[0];
  if (scan === undefined) throw new Error('a viewer without scans');
  const picture = usePicture(scan.sha256, PICTURE_PX, pageNumber);
  const pagesHere = picture?.ok === true ? picture.value.pages : 1;
  const isFirst = scanIndex === 0 && pageNumber === 1;
  const isLast = scanIndex === scans.length - 1 && pageNumber >= pagesHere;

  const previous = () => {
    if (pageNumber > 1) return setPageNumber(pageNumber - 1);
    if (scanIndex === 0) return;
    setScanIndex(scanIndex - 1);
    setPageNumber(1);
  };
  const next = () => {
    if (pageNumber < pagesHere) return setPageNumber(pageNumber + 1);
    if (isLast) return;
    setScanIndex(scanIndex + 1);
    setPageNumber(1);
  };
  useShortcut('ArrowLeft', previous);
  useShortcut('ArrowRight', next);

  const isTurned = scan.rotation === 90 || scan.rotation === 270;
  return (
    <>
      <div className={styles.sheet}>
        {picture?.ok === false && <Notice tone="danger" title={words(picture.failure)} />}
        {picture?.ok === true && (
          <img
            className={isTurned ? styles.turned : styles.upright}
            style={{ transform: `rotate(${scan.rotation}deg)` }}
            src={picture.value.url}
            alt={t('scan.alt', { number: scanIndex + 1 })}
          />
        )}
      </div>
      <div className={styles.controls}>
        <Button onPress={previous} isDisabled={isFirst} aria-label={t('scan.previous')}>
          <Icon name="left" />
        </Button>
        <span className={styles.position}>
          {t('scan.position', { number: scanIndex + 1, total: scans.length })}
          {pagesHere > 1 && ` · ${t('scan.page', { number: pageNumber, total: pagesHere })}`}
        </span>
        <Button onPress={next} isDisabled={isLast} aria-label={t('scan.next')}>
          <Icon name="right" />
        </Button>
        <span className={styles.spacer} />
        <Button variant="primary" shortcut="Esc" autoFocus onPress={onClose}>
          {t('close')}
        </Button>
      </div>
    </>
  );
}
