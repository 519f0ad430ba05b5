/** Takes pages with a camera on the counter: look, capture, again, done. */
import { useCallback, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Notice } from '../ui/Notice.tsx';
import { Select } from '../ui/Choices.tsx';
import { useShortcut } from '../ui/useShortcut.ts';
import styles from './CameraDialog.module.css';

type CameraProblem = 'camera-denied' | 'camera-none' | 'camera-busy';
type Camera = { status: 'opening' } | { status: 'ready'; stream: MediaStream } | { status: 'failed'; problem: CameraProblem };

const problemOf = (error: unknown): CameraProblem => {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'camera-denied';
  return name === 'NotFoundError' || name === 'OverconstrainedError' ? 'camera-none' : 'camera-busy';
};

function useCamera(isOpen: boolean, deviceId: string | null, attempt: number): Camera {
  const [camera, setCamera] = useState<Camera>({ status: 'opening' });
  useEffect(() => {
    if (!isOpen) return;
    let isCurrent = true;
    let opened: MediaStream | undefined;
    setCamera({ status: 'opening' });
    const media = navigator.mediaDevices as MediaDevices | undefined;
    const opening =
      media === undefined
        ? Promise.reject(new DOMException('', 'NotFoundError'))
        : media.getUserMedia({
            audio: false,
            video: { width: { ideal: 3840 }, height: { ideal: 2160 }, ...(deviceId === null ? {} : { deviceId: { exact: deviceId } }) },
          });
    opening.then(
      (stream) => {
        opened = stream;
        if (isCurrent) setCamera({ status: 'ready', stream });
        else for (const track of stream.getTracks()) track.stop();
      },
      (error: unknown) => isCurrent && setCamera({ status: 'failed', problem: problemOf(error) }),
    );
    return () => {
      isCurrent = false;
      for (const track of opened?.getTracks() ?? []) track.stop();
    };
  }, [isOpen, deviceId, attempt]);
  return camera;
}

async function capture(video: HTMLVideoElement): Promise<Blob | null> {
  const canvas = document.createElement('canvas');
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext('2d')?.drawImage(video, 0, 0);
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.92));
}

export function CameraDialog({
  isOpen,
  paperName,
  onCapture,
  onClose,
}: {
  isOpen: boolean;
  paperName: string;
  onCapture: (file: File) => void;
  onClose: () => void;
}) {
  const { t } = useTranslation('scanning');
  const [deviceId, setDeviceId] = useState<string | null>(null);
  const [attempt, setAttempt] = useState(0);
  const camera = useCamera(isOpen, deviceId, attempt);
  const [devices, setDevices] = useState<MediaDeviceInfo[]>([]);
  const [taken, setTaken] = useState(0);
  const video = useRef<HTMLVideoElement | null>(null);
  const stream = camera.status === 'ready' ? camera.stream : null;

  const show = useCallback(
    (element: HTMLVideoElement | null) => {
      video.current = element;
      if (element !== null) element.srcObject = stream;
    },
    [stream],
  );
  useEffect(() => setTaken(0), [isOpen]);
  useEffect(() => {
    if (stream === null) return;
    void navigator.mediaDevices.enumerateDevices().then((all) => setDevices(all.filter((device) => device.kind === 'videoinput')));
  }, [stream]);

  const take = async () => {
    if (video.current === null || video.current.videoWidth === 0) return;
    const blob = await capture(video.current);
    if (blob === null) return;
    onCapture(new File([blob], 'camera.jpg', { type: 'image/jpeg' }));
    setTaken((count) => count + 1);
  };

  return (
    <Dialog
      title={t('camera-title', { paper: paperName })}
      isOpen={isOpen}
      onClose={onClose}
      size="large"
      actions={
        <>
          <span className={styles.count} role="status">
            {taken > 0 && t('camera-taken', { count: taken })}
          </span>
          <Button onPress={onClose}>{t('camera-done')}</Button>
          <Button variant="primary" shortcut="F8" isDisabled={camera.status !== 'ready'} onPress={() => void take()}>
            {t('camera-capture')}
          </Button>
        </>
      }
    >
      <CaptureKey onPress={() => void take()} />
      {camera.status === 'failed' ? (
        <Notice tone="warning" title={t(camera.problem)} action={<Button onPress={() => setAttempt((count) => count + 1)}>{t('camera-retry')}</Button>}>
          {t(`${camera.problem}-advice`)}
        </Notice>
      ) : (
        <div className={styles.stage}>
          <video ref={show} className={styles.video} autoPlay playsInline muted aria-label={t('camera-view')} />
          {camera.status === 'opening' && <p className={styles.opening}>{t('camera-opening')}</p>}
        </div>
      )}
      {devices.length > 1 && (
        <Select
          label={t('camera-choose')}
          options={devices.map((device, index) => ({
            value: device.deviceId,
            label: device.label === '' ? t('camera-nth', { number: index + 1 }) : device.label,
          }))}
          value={deviceId}
          onChange={setDeviceId}
          placeholder={devices[0]?.label}
        />
      )}
    </Dialog>
  );
}

/** Bound inside the dialog's own layer of shortcuts. */
function CaptureKey({ onPress }: { onPress: () => void }) {
  useShortcut('F8', onPress);
  return null;
}
