/** How a device becomes known to the office's hub: which hub, and the six digits it shows. The same at a counter and on a board. */
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Failure } from '../../shared/lib/result.ts';
import type { FoundHub } from '../../shared/queue/office.ts';
import { Button } from '../ui/Button.tsx';
import { RadioCards } from '../ui/Choices.tsx';
import { Notice } from '../ui/Notice.tsx';
import { TextField } from '../ui/TextField.tsx';
import { useShell } from './shell-context.tsx';
import { useDeviceName } from './useDeviceName.ts';
import { useFailureWords } from './useFailureWords.ts';
import styles from './JoinQueue.module.css';

const LOOK_EVERY_MS = 5_000;
const DIGITS = 6;
const TYPED = 'typed';

export function JoinQueue({ autoFocus = false, onJoined }: { autoFocus?: boolean; onJoined?: (hubName: string) => void }) {
  const { t } = useTranslation('pairing');
  const words = useFailureWords();
  const deviceName = useDeviceName();
  const { bridge, info } = useShell();
  const hubs = useFoundHubs();
  const [chosen, setChosen] = useState<string | null>(null);
  const [typed, setTyped] = useState(info.settings.queue.address ?? '');
  const [code, setCode] = useState('');
  const [isBusy, setIsBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);

  // What was typed by hand, or stands in the settings, goes before what was found.
  const choice = chosen ?? (typed === '' ? (hubs?.[0]?.address ?? TYPED) : TYPED);
  const address = choice === TYPED ? typed.trim() : choice;
  const digits = code.replace(/\D/gu, '');
  const canJoin = address !== '' && digits.length === DIGITS;

  const join = async () => {
    if (!canJoin || isBusy) return;
    setIsBusy(true);
    setFailure(null);
    const joined = await bridge.invoke('queue:pair', { address, code: digits });
    setIsBusy(false);
    if (joined.ok) return onJoined?.(deviceName(joined.value.hubName));
    setFailure(joined.failure);
    setCode('');
  };

  return (
    <div className={styles.join}>
      {hubs !== null && hubs.length > 0 && (
        <RadioCards
          label={t('join.hub')}
          isStacked
          options={[
            ...hubs.map(({ address: value, name }) => ({ value, label: deviceName(name), hint: value })),
            { value: TYPED, label: t('join.other'), hint: t('join.otherHint') },
          ]}
          value={choice}
          onChange={setChosen}
        />
      )}
      {choice === TYPED && (
        <TextField
          label={t('join.address')}
          value={typed}
          onChange={(value) => {
            setTyped(value);
            setChosen(TYPED);
          }}
          description={t(hubs === null ? 'join.looking' : hubs.length === 0 ? 'join.notFound' : 'join.addressHint')}
          inputMode="url"
          maxLength={300}
        />
      )}
      <div className={styles.code}>
        <TextField
          label={t('join.code')}
          value={code}
          onChange={(value) => setCode(value.replace(/[^\d ]/gu, ''))}
          onSubmit={() => void join()}
          inputMode="numeric"
          maxLength={DIGITS + 1}
          description={t('join.codeHint')}
          autoFocus={autoFocus}
        />
      </div>
      {failure !== null && <Notice tone="danger" title={words(failure)} />}
      <div className={styles.actions}>
        <Button variant="primary" isDisabled={!canJoin} isPending={isBusy} onPress={() => void join()}>
          {t(isBusy ? 'join.busy' : 'join.submit')}
        </Button>
      </div>
    </div>
  );
}

/** Who says on the network that it is a hub, asked again for as long as this is on the screen; null: not asked to the end yet. */
function useFoundHubs(): FoundHub[] | null {
  const { bridge } = useShell();
  const [hubs, setHubs] = useState<FoundHub[] | null>(null);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isOn = true;
    const look = async () => {
      const found = await bridge.invoke('queue:find-hubs');
      if (!isOn) return;
      // One that was not heard this once must not vanish under the finger.
      setHubs((before) => [...found, ...(before ?? []).filter(({ address }) => found.every((hub) => hub.address !== address))]);
      timer = setTimeout(() => void look(), LOOK_EVERY_MS);
    };
    void look();
    return () => {
      isOn = false;
      clearTimeout(timer);
    };
  }, [bridge]);
  return hubs;
}
