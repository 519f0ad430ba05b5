/** What a camera sees, or why it sees nothing. */
import { useCallback, type RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/Button.tsx';
import { Notice } from '../ui/Notice.tsx';
import styles from './CameraDialog.module.css';
import type { Camera } from './useCamera.ts';

export function CameraStage({ camera, videoRef, onRetry }: { camera: Camera; videoRef: RefObject<HTMLVideoElement | null>; onRetry: () => void }) {
  const { t } = useTranslation('scanning');
  const stream = camera.status === 'ready' ? camera.stream : null;
  const show = useCallback(
    (element: HTMLVideoElement | null) => {
      videoRef.current = element;
      if (element !== null) element.srcObject = stream;
    },
    [videoRef, stream],
  );
  if (camera.status === 'failed')
    return (
      <Notice tone="warning" title={t(camera.problem)} action={<Button onPress={onRetry}>{t('camera-retry')}</Button>}>
        {t(`${camera.problem}-advice`)}
      </Notice>
    );
  return (
    <div className={styles.stage}>
      <video ref={show} className={styles.video} autoPlay playsInline muted aria-label={t('camera-view')} />
      {camera.status === 'opening' && <p className={styles.opening}>{t('camera-opening')}</p>}
    </div>
  );
}
