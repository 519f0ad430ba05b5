/** Reads the QR of an identity card with the camera, or from a picture of it. */
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { looksLikeCccd } from '../../shared/identity/cccd.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import styles from './CameraDialog.module.css';
import { CameraStage } from './CameraStage.tsx';
import { readQr } from './read-qr.ts';
import { frameOf, useCamera } from './useCamera.ts';

const LOOK_EVERY_MS = 200;

/** `onRead` gets the text of the code; a code that is no card's is told to the officer and nothing else. */
export function CardDialog({ onRead, onClose }: { onRead: (text: string) => void; onClose: () => void }) {
  const { t } = useTranslation('scanning');
  const [attempt, setAttempt] = useState(0);
  const { camera } = useCamera(null, attempt);
  const video = useRef<HTMLVideoElement | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const [said, setSaid] = useState<'card-hold' | 'card-other-code' | 'card-no-code' | 'card-no-picture'>('card-hold');

  const hear = (texts: readonly string[]): boolean => {
    const card = texts.find(looksLikeCccd);
    if (card !== undefined) onRead(card);
    else if (texts.length > 0) setSaid('card-other-code');
    return card !== undefined;
  };
  const hearFrame = useEffectEvent(hear);
  const isReady = camera.status === 'ready';
  useEffect(() => {
    if (!isReady) return;
    let isLooking = true;
    const look = async () => {
      while (isLooking) {
        const picture = video.current === null ? null : await frameOf(video.current);
        const { texts } = picture === null ? { texts: [] } : await readQr(picture);
        if (!isLooking || hearFrame(texts)) return;
        await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
      }
    };
    void look();
    return () => {
      isLooking = false;
    };
  }, [isReady]);

  const readFile = async (file: File | undefined) => {
    if (file === undefined) return;
    const { texts, isReadable } = await readQr(file);
    if (!hear(texts) && texts.length === 0) setSaid(isReadable ? 'card-no-code' : 'card-no-picture');
  };
  return (
    <Dialog
      title={t('card-title')}
      isOpen
      onClose={onClose}
      size="large"
      actions={
        <>
          <span className={styles.count} role="status">
            {t(said)}
          </span>
          <input
            ref={input}
            type="file"
            hidden
            accept="image/jpeg,image/png"
            data-testid="card-picture"
            aria-label={t('card-from-picture')}
            onChange={(event) => {
              void readFile(event.target.files?.[0]);
              event.target.value = '';
            }}
          />
          <Button onPress={() => input.current?.click()}>{t('card-from-picture')}</Button>
          <Button onPress={onClose}>{t('close')}</Button>
        </>
      }
    >
      <CameraStage camera={camera} videoRef={video} onRetry={() => setAttempt((count) => count + 1)} />
    </Dialog>
  );
}
