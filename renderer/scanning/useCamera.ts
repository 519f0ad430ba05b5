/** A camera that is open while somebody looks: its stream, what keeps it shut, and the cameras there are. */
import { useEffect, useState } from 'react';

export type CameraProblem = 'camera-denied' | 'camera-none' | 'camera-busy';
export type Camera = { status: 'opening' } | { status: 'ready'; stream: MediaStream } | { status: 'failed'; problem: CameraProblem };

const problemOf = (error: unknown): CameraProblem => {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'camera-denied';
  return name === 'NotFoundError' || name === 'OverconstrainedError' ? 'camera-none' : 'camera-busy';
};

/** `attempt`: counted up to try again. */
export function useCamera(deviceId: string | null, attempt: number): { camera: Camera; devices: MediaDeviceInfo[] } {
  const [camera, setCamera] = useState<Camera>({ status: 'opening' });
  const [devices, setDevices] = useState<MediaDeviceInfo[]>([]);
  useEffect(() => {
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
        if (!isCurrent) return stream.getTracks().forEach((track) => track.stop());
        setCamera({ status: 'ready', stream });
        void media?.enumerateDevices().then((all) => isCurrent && setDevices(all.filter(({ kind }) => kind === 'videoinput')));
      },
      (error: unknown) => isCurrent && setCamera({ status: 'failed', problem: problemOf(error) }),
    );
    return () => {
      isCurrent = false;
      for (const track of opened?.getTracks() ?? []) track.stop();
    };
  }, [deviceId, attempt]);
  return { camera, devices };
}

/** The picture of this moment, or the first there is; null when it cannot be drawn. */
export async function frameOf(video: HTMLVideoElement): Promise<Blob | null> {
  if (video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) await new Promise((resolve) => video.addEventListener('loadeddata', resolve, { once: true }));
  const canvas = document.createElement('canvas');
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext('2d')?.drawImage(video, 0, 0);
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.95));
}
