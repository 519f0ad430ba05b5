/** Takes pages from a scanner: which one, from glass or feeder, how fine; each page is kept as it comes. */
import { useCallback, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Failure } from '../../shared/lib/result.ts';
import {
  bestResolution,
  previewResolution,
  type ColourMode,
  type ScanInput,
  type ScannedPage,
  type ScannerCapabilities,
  type ScannerDevice,
} from '../../shared/scanning/scanner.ts';
import { mediaTypeOf } from '../../shared/scanning/media-type.ts';
import { useServices } from '../app/services.tsx';
import { useFailureWords } from '../app/useFailureWords.ts';
import { Button } from '../ui/Button.tsx';
import { Checkbox, RadioCards, Select } from '../ui/Choices.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Notice } from '../ui/Notice.tsx';
import { Progress } from '../ui/Progress.tsx';
import { TextField } from '../ui/TextField.tsx';
import { useShortcut } from '../ui/useShortcut.ts';
import { capturePage } from './capture-page.ts';
import type { CaptureTarget } from './capture-target.ts';
import { PaperSteps } from './PaperSteps.tsx';
import { askedMode, runScan, type ScanEnd, type ScanProgress } from './scan-run.ts';
import styles from './ScanDialog.module.css';

type Wanted = { deviceId: string | null; input: ScanInput; mode: ColourMode; dpi: number; skipsBlanks: boolean };
type Devices = { status: 'looking' } | { status: 'found'; devices: ScannerDevice[] };
type Able = { status: 'asking' } | { status: 'able'; capabilities: ScannerCapabilities } | { status: 'failed'; failure: Failure };
type Run = { status: 'idle' } | { status: 'running'; progress: ScanProgress } | { status: 'ended'; end: ScanEnd };

const USUAL: Wanted = { deviceId: null, input: 'feeder', mode: 'colour', dpi: 300, skipsBlanks: true };
const KEY = 'scanner';

/** What was chosen last on this device: an office has one scanner and one way to use it. */
function lastWanted(): Wanted {
  try {
    const stored = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Wanted>;
    return { ...USUAL, ...stored };
  } catch {
    return USUAL;
  }
}

export function ScanDialog({ target, onClose }: { target: CaptureTarget; onClose: () => void }) {
  const { t } = useTranslation('scanning');
  const words = useFailureWords();
  const { bridge } = useServices();
  const [wanted, setWanted] = useState(lastWanted);
  const [devices, setDevices] = useState<Devices>({ status: 'looking' });
  const [able, setAble] = useState<Able>({ status: 'asking' });
  const [run, setRun] = useState<Run>({ status: 'idle' });
  const [preview, setPreview] = useState<string | null>(null);
  const stopping = useRef<AbortController | null>(null);
  const latest = useRef(target);
  useEffect(() => {
    latest.current = target;
  });

  const look = useCallback(() => {
    setDevices({ status: 'looking' });
    void bridge.invoke('scanning:devices').then((found) => {
      setDevices({ status: 'found', devices: found });
      setWanted((before) => (found.some(({ id }) => id === before.deviceId) ? before : { ...before, deviceId: found[0]?.id ?? null }));
    });
  }, [bridge]);
  useEffect(look, [look]);
  useEffect(() => () => stopping.current?.abort(), []);

  const device = devices.status === 'found' ? devices.devices.find(({ id }) => id === wanted.deviceId) : undefined;
  const deviceId = device?.id;
  useEffect(() => {
    if (deviceId === undefined) return;
    let isCurrent = true;
    setAble({ status: 'asking' });
    void bridge.invoke('scanning:capabilities', { deviceId }).then((answer) => {
      if (!isCurrent) return;
      setAble(answer.ok ? { status: 'able', capabilities: answer.value } : { status: 'failed', failure: answer.failure });
    });
    return () => {
      isCurrent = false;
    };
  }, [bridge, deviceId]);

  const capabilities = able.status === 'able' ? able.capabilities : undefined;
  const isFolder = device?.kind === 'folder';
  const input = capabilities?.inputs.includes(wanted.input) === true ? wanted.input : (capabilities?.inputs[0] ?? 'flatbed');
  const mode = capabilities?.modes.includes(wanted.mode) === true ? wanted.mode : (capabilities?.modes[0] ?? 'colour');
  const dpi = capabilities === undefined ? 300 : bestResolution(capabilities, wanted.dpi);
  const choose = (more: Partial<Wanted>) => {
    const chosen = { ...wanted, ...more };
    setWanted(chosen);
    localStorage.setItem(KEY, JSON.stringify(chosen));
  };

  const keep = async ({ bytes, number, name = t('scanned-page', { number }) }: ScannedPage, source: ScannerDevice): Promise<'kept' | 'refused' | 'blank'> => {
    const picture = new Blob([bytes]);
    const isPicture = mediaTypeOf(bytes)?.startsWith('image/') === true;
    const { take, about } = latest.current;
    if (!isPicture || isFolder) return (await take(new File([picture], name), source.name)) ? 'kept' : 'refused';
    const { file, worked } = await capturePage(
      picture,
      { crop: 'none', isStraightened: true, contrast: mode === 'grey' ? 0.2 : undefined, mode, dpi, quarterTurns: 0 },
      about,
      name,
    );
    if (worked?.isBlank === true && input === 'duplex' && wanted.skipsBlanks) return 'blank';
    return (await take(file, source.name)) ? 'kept' : 'refused';
  };

  const scan = async () => {
    if (device === undefined || capabilities === undefined || run.status === 'running') return;
    const controller = new AbortController();
    stopping.current = controller;
    setPreview(null);
    setRun({ status: 'running', progress: { pages: 0, blanks: 0, refused: 0 } });
    const end = await runScan({
      bridge,
      deviceId: device.id,
      job: { input, mode: askedMode(mode, capabilities.modes), resolutionDpi: dpi, isPreview: false },
      keep: (page) => keep(page, device),
      onProgress: (progress) => setRun({ status: 'running', progress }),
      signal: controller.signal,
    });
    setRun({ status: 'ended', end });
  };

  const showPreview = async () => {
    if (device === undefined || capabilities === undefined || run.status === 'running') return;
    setRun({ status: 'running', progress: { pages: 0, blanks: 0, refused: 0 } });
    const controller = new AbortController();
    stopping.current = controller;
    const end = await runScan({
      bridge,
      deviceId: device.id,
      job: { input: 'flatbed', mode: askedMode('grey', capabilities.modes), resolutionDpi: previewResolution(capabilities), isPreview: true },
      async keep({ bytes }) {
        setPreview(URL.createObjectURL(new Blob([bytes])));
        return 'kept';
      },
      onProgress: () => undefined,
      signal: controller.signal,
    });
    setRun(end.failure === undefined ? { status: 'idle' } : { status: 'ended', end: { ...end, pages: 0 } });
  };
  useEffect(
    () => () => {
      if (preview !== null) URL.revokeObjectURL(preview);
    },
    [preview],
  );

  const close = () => {
    stopping.current?.abort();
    onClose();
  };
  const isRunning = run.status === 'running';
  return (
    <Dialog
      title={t('scan-title', { paper: target.current.name })}
      isOpen
      onClose={close}
      size="large"
      actions={
        <>
          {isRunning ? (
            <Button shortcut="F9" onPress={() => stopping.current?.abort()}>
              {t(isFolder ? 'folder-stop' : 'scan-stop')}
            </Button>
          ) : (
            <Button onPress={close}>{t('camera-done')}</Button>
          )}
          <Button variant="primary" shortcut="F8" isDisabled={capabilities === undefined || isRunning} onPress={() => void scan()}>
            {t(isFolder ? 'folder-start' : input === 'flatbed' ? 'scan-sheet' : 'scan-stack')}
          </Button>
        </>
      }
    >
      <Keys onScan={() => void scan()} onStop={() => stopping.current?.abort()} />
      <div className={styles.columns}>
        <PaperSteps target={target} />
        <div className={styles.choices}>
          {devices.status === 'looking' && <Progress label={t('looking')} />}
          {devices.status === 'found' && devices.devices.length === 0 && (
            <Notice tone="warning" title={t('no-scanner')} action={<Button onPress={look}>{t('look-again')}</Button>}>
              {t('no-scanner-advice')}
            </Notice>
          )}
          {devices.status === 'found' && devices.devices.length > 0 && (
            <div className={styles.row}>
              <Select
                label={t('scanner')}
                options={devices.devices.map(({ id, name, kind }) => ({ value: id, label: name, hint: t(`kind-${kind}`) }))}
                value={wanted.deviceId}
                onChange={(id) => choose({ deviceId: id })}
                isDisabled={isRunning}
              />
              <Button onPress={look} isDisabled={isRunning}>
                {t('look-again')}
              </Button>
            </div>
          )}
          {device !== undefined && able.status === 'failed' && (
            <Notice tone="warning" title={words(able.failure)} action={<Button onPress={look}>{t('look-again')}</Button>} />
          )}
          {isFolder && <p className={styles.hint}>{t('folder-hint')}</p>}
          {capabilities !== undefined && capabilities.inputs.length > 0 && (
            <>
              <RadioCards
                label={t('input')}
                options={capabilities.inputs.map((each) => ({ value: each, label: t(`input-${each}`) }))}
                value={input}
                onChange={(chosen) => choose({ input: chosen })}
                isDisabled={isRunning}
              />
              <RadioCards
                label={t('mode')}
                options={capabilities.modes.map((each) => ({ value: each, label: t(`mode-${each}`) }))}
                value={mode}
                onChange={(chosen) => choose({ mode: chosen })}
                isDisabled={isRunning}
              />
              <div className={styles.row}>
                <Select
                  label={t('resolution')}
                  options={capabilities.resolutions
                    .filter((each) => each >= 150 || each === dpi)
                    .map((each) => ({ value: String(each), label: t('dpi', { dpi: each }) }))}
                  value={String(dpi)}
                  onChange={(chosen) => choose({ dpi: Number(chosen) })}
                  isDisabled={isRunning}
                />
                {capabilities.inputs.includes('flatbed') && (
                  <Button onPress={() => void showPreview()} isDisabled={isRunning}>
                    {t('preview')}
                  </Button>
                )}
              </div>
              {input === 'duplex' && (
                <Checkbox isSelected={wanted.skipsBlanks} onChange={(skipsBlanks) => choose({ skipsBlanks })}>
                  {t('skip-blanks')}
                </Checkbox>
              )}
            </>
          )}
          {devices.status === 'found' && !isRunning && <AddByAddress onAdded={look} />}
          {run.status === 'running' && (
            <div role="status">
              <Progress label={run.progress.pages === 0 ? t(isFolder ? 'folder-waiting' : 'scanning') : t('scan-progress', { count: run.progress.pages })} />
            </div>
          )}
          {run.status === 'ended' && <Ended end={run.end} />}
          {preview !== null && <img className={styles.preview} src={preview} alt={t('preview')} />}
        </div>
      </div>
    </Dialog>
  );
}

function Ended({ end: { pages, blanks, refused, failure } }: { end: ScanEnd }) {
  const { t } = useTranslation('scanning');
  const words = useFailureWords();
  const counted = [t('scan-taken', { count: pages }), blanks > 0 && t('scan-blanks', { count: blanks }), refused > 0 && t('scan-refused', { count: refused })]
    .filter(Boolean)
    .join(' · ');
  if (failure === undefined) return <Notice tone={refused > 0 ? 'warning' : 'ok'} title={counted} />;
  return (
    <Notice tone="warning" title={words(failure)}>
      {pages > 0 && `${counted}. ${t('scan-kept')}`}
    </Notice>
  );
}

function AddByAddress({ onAdded }: { onAdded: () => void }) {
  const { t } = useTranslation('scanning');
  const words = useFailureWords();
  const { bridge } = useServices();
  const [address, setAddress] = useState('');
  const [said, setSaid] = useState<string | undefined>();
  const [isAsking, setIsAsking] = useState(false);
  const add = async () => {
    if (address.trim() === '' || isAsking) return;
    setIsAsking(true);
    const added = await bridge.invoke('scanning:add', { address });
    setIsAsking(false);
    setSaid(added.ok ? undefined : words(added.failure));
    if (!added.ok) return;
    setAddress('');
    onAdded();
  };
  return (
    <details className={styles.address}>
      <summary>{t('add-by-address')}</summary>
      <div className={styles.row}>
        <TextField
          label={t('address')}
          value={address}
          onChange={setAddress}
          onSubmit={() => void add()}
          placeholder="192.168.1.20"
          maxLength={300}
          error={said}
        />
        <Button onPress={() => void add()} isPending={isAsking} isDisabled={address.trim() === ''}>
          {t('add')}
        </Button>
      </div>
    </details>
  );
}

/** Bound inside the dialog's own layer of shortcuts. */
function Keys({ onScan, onStop }: { onScan: () => void; onStop: () => void }) {
  useShortcut('F8', onScan);
  useShortcut('F9', onStop);
  return null;
}
