/** The pages of a paper looked at in full, one by one, turned as the officer turned them. */
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { PaperPage } from '../../shared/scanning/scan.ts';
import { useServices } from '../app/services.tsx';
import { useFailureWords } from '../app/useFailureWords.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Icon } from '../ui/Icon.tsx';
import { Notice } from '../ui/Notice.tsx';
import { useIsLate } from '../ui/Progress.tsx';
import { useShortcut } from '../ui/useShortcut.ts';
import { PicturesProvider, usePicture, usePictures } from './usePicture.ts';
import styles from './ScanViewer.module.css';

/** Pixels of the longer side: an A4 page stays readable at full screen. */
const PICTURE_PX = 1800;

type ScanViewerProps = {
  title: string;
  scans: readonly PaperPage[];
  /** The scan looked at first. */
  startAt?: number;
  /** Without it the scans can only be looked at. */
  onTurn?: (pageId: string) => void;
  /** Of a picture; a PDF is kept as it came. */
  onEdit?: (page: PaperPage) => void;
  /** Files to come after the scan at this place. */
  onInsert?: (files: File[], after: number) => void;
  onClose: () => void;
};

export function ScanViewer(props: ScanViewerProps) {
  const pictures = usePictures(useServices().scans);
  return (
    <Dialog title={props.title} isOpen onClose={props.onClose} size="full">
      <PicturesProvider value={pictures}>
        <Pages {...props} />
      </PicturesProvider>
    </Dialog>
  );
}

function Pages({ scans, startAt = 0, onTurn, onEdit, onInsert, onClose }: ScanViewerProps) {
  const { t } = useTranslation('scanning');
  const words = useFailureWords();
  const [scanIndex, setScanIndex] = useState(startAt);
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
  useShortcut('F7', () => onEdit?.(scan), { isEnabled: onEdit !== undefined && scan.mediaType !== 'application/pdf' });

  const isLying = scan.rotation === 90 || scan.rotation === 270;
  return (
    <>
      <div className={styles.sheet}>
        {picture === undefined && <Drawing />}
        {picture?.ok === false && <Notice tone="danger" title={words(picture.failure)} />}
        {picture?.ok === true && (
          <img
            className={isLying ? styles.lying : styles.upright}
            style={{ transform: `rotate(${scan.rotation}deg)` }}
            src={picture.value.url}
            alt={t('alt', { number: scanIndex + 1 })}
          />
        )}
      </div>
      <div className={styles.controls}>
        {!(isFirst && isLast) && (
          <>
            <Button onPress={previous} isDisabled={isFirst} aria-label={t('previous')}>
              <Icon name="left" />
            </Button>
            <span className={styles.position} role="status">
              {t('position', { number: scanIndex + 1, total: scans.length })}
              {pagesHere > 1 && ` · ${t('sheet', { number: pageNumber, count: pagesHere })}`}
            </span>
            <Button onPress={next} isDisabled={isLast} aria-label={t('next')}>
              <Icon name="right" />
            </Button>
          </>
        )}
        <span className={styles.spacer} />
        {onInsert !== undefined && <Insert onChoose={(files) => onInsert(files, scanIndex)} />}
        {onEdit !== undefined && scan.mediaType !== 'application/pdf' && (
          <Button shortcut="F7" onPress={() => onEdit(scan)}>
            {t('edit')}
          </Button>
        )}
        {onTurn !== undefined && (
          <Button onPress={() => onTurn(scan.pageId)}>
            <Icon name="rotate" size={18} />
            {t('turn-full')}
          </Button>
        )}
        <Button variant="primary" shortcut="Esc" autoFocus onPress={onClose}>
          {t('close')}
        </Button>
      </div>
    </>
  );
}

function Insert({ onChoose }: { onChoose: (files: File[]) => void }) {
  const { t } = useTranslation('scanning');
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        hidden
        multiple
        accept="application/pdf,image/jpeg,image/png"
        aria-label={t('insert')}
        onChange={(event) => {
          onChoose([...(event.target.files ?? [])]);
          event.target.value = '';
        }}
      />
      <Button onPress={() => input.current?.click()}>{t('insert')}</Button>
    </>
  );
}

function Drawing() {
  const { t } = useTranslation('scanning');
  return useIsLate() ? <p className={styles.drawing}>{t('drawing')}</p> : null;
}
