/** Takes pages with a camera on the counter: look, capture, again, the next paper, done. */
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/Button.tsx';
import { Checkbox, Select } from '../ui/Choices.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { useShortcut } from '../ui/useShortcut.ts';
import styles from './CameraDialog.module.css';
import { CameraStage } from './CameraStage.tsx';
import { capturePage } from './capture-page.ts';
import type { CaptureTarget } from './capture-target.ts';
import type { PagePlan } from './page-work/work-page.ts';
import { PaperSteps } from './PaperSteps.tsx';
import { frameOf, useCamera } from './useCamera.ts';

const modes = ['auto', 'colour', 'grey', 'bilevel'] as const satisfies readonly PagePlan['mode'][];

export function CameraDialog({ target, onClose }: { target: CaptureTarget; onClose: () => void }) {
  const { t } = useTranslation('scanning');
  const [deviceId, setDeviceId] = useState<string | null>(null);
  const [attempt, setAttempt] = useState(0);
  const { camera, devices } = useCamera(deviceId, attempt);
  const video = useRef<HTMLVideoElement | null>(null);
  const [isCutting, setIsCutting] = useState(true);
  const [mode, setMode] = useState<PagePlan['mode']>('auto');
  const [working, setWorking] = useState(0);
  const [taken, setTaken] = useState<{ count: number; url: string | null; isUncut: boolean }>({ count: 0, url: null, isUncut: false });
  useEffect(
    () => () => {
      if (taken.url !== null) URL.revokeObjectURL(taken.url);
    },
    [taken.url],
  );

  const take = async () => {
    if (video.current === null || camera.status !== 'ready') return;
    const label = camera.stream.getVideoTracks()[0]?.label ?? '';
    // The paper at hand when the key is pressed, whatever is chosen while the page is worked on.
    const { take: keep, about } = target;
    const picture = await frameOf(video.current);
    if (picture === null) return;
    setWorking((count) => count + 1);
    const plan: PagePlan = { crop: isCutting ? 'auto' : 'none', isStraightened: isCutting, contrast: 0.35, mode, quarterTurns: 0 };
    const { file, worked } = await capturePage(picture, plan, about, t('camera-page'));
    const isKept = await keep(file, label);
    setWorking((count) => count - 1);
    if (isKept)
      setTaken(({ count }) => ({
        count: count + 1,
        url: file.type.startsWith('image/') ? URL.createObjectURL(file) : null,
        isUncut: isCutting && worked?.isCropped === false,
      }));
  };

  return (
    <Dialog
      title={t('camera-title', { paper: target.current.name })}
      isOpen
      onClose={onClose}
      size="full"
      actions={
        <>
          <span className={styles.count} role="status">
            {[taken.count > 0 && t('camera-taken', { count: taken.count }), working > 0 && t('camera-working'), taken.isUncut && t('camera-uncut')]
              .filter(Boolean)
              .join(' · ')}
          </span>
          <Button onPress={onClose}>{t('camera-done')}</Button>
          <Button variant="primary" shortcut="F8" isDisabled={camera.status !== 'ready'} onPress={() => void take()}>
            {t('camera-capture')}
          </Button>
        </>
      }
    >
      <CaptureKey onPress={() => void take()} />
      <div className={styles.columns}>
        <div className={styles.side}>
          <PaperSteps target={target} />
          <Checkbox isSelected={isCutting} onChange={setIsCutting}>
            {t('camera-cut')}
          </Checkbox>
          <Select label={t('mode')} options={modes.map((each) => ({ value: each, label: t(`mode-${each}`) }))} value={mode} onChange={setMode} />
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
          {taken.url !== null && <img className={styles.last} src={taken.url} alt={t('camera-last')} />}
        </div>
        <CameraStage camera={camera} videoRef={video} onRetry={() => setAttempt((count) => count + 1)} />
      </div>
    </Dialog>
  );
}

/** Bound inside the dialog's own layer of shortcuts. */
function CaptureKey({ onPress }: { onPress: () => void }) {
  useShortcut('F8', onPress);
  return null;
}
