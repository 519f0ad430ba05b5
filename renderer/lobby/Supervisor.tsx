/** What only the supervisor does here, with the PIN: ends the kiosk, or makes it known to the device that holds the office's queue. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useShell } from '../app/shell-context.tsx';
import { useDeviceName } from '../app/useDeviceName.ts';
import { useFailureWords } from '../app/useFailureWords.ts';
import type { Failure, Result } from '../../shared/lib/result.ts';
import { Notice } from '../ui/Notice.tsx';
import { TextField } from '../ui/TextField.tsx';
import { Choice, Choices, Next, Outcome, Question } from './parts.tsx';
import { useVisit } from './visit-context.ts';

const SHORTEST_PIN = 4;
const LONGEST_PIN = 12;
const PAIRING_DIGITS = 6;
const digits = (text: string, most: number): string => text.replace(/\D/gu, '').slice(0, most);

export function Supervisor() {
  const { t } = useTranslation('lobby');
  const { bridge } = useShell();
  const failureWords = useFailureWords();
  const deviceName = useDeviceName();
  const { back } = useVisit();
  const [isPairing, setIsPairing] = useState(false);
  const [pin, setPin] = useState('');
  const [address, setAddress] = useState('');
  const [code, setCode] = useState('');
  const [failure, setFailure] = useState<Failure | null>(null);
  const [pairedWith, setPairedWith] = useState<string | null>(null);
  const [isAsking, setIsAsking] = useState(false);
  const isComplete = pin.length >= SHORTEST_PIN && (!isPairing || (address.trim() !== '' && code.length === PAIRING_DIGITS));

  async function ask<T>(asked: Promise<Result<T>>, then: (value: T) => void): Promise<void> {
    setIsAsking(true);
    setPairedWith(null);
    setFailure(null);
    const answer = await asked;
    setPin('');
    setIsAsking(false);
    if (answer.ok) then(answer.value);
    else setFailure(answer.failure);
  }
  const go = () => {
    if (!isComplete || isAsking) return;
    // Once it is right the program ends; there is nothing more to say.
    if (!isPairing) void ask(bridge.invoke('lobby:leave', { pin }), () => undefined);
    else void ask(bridge.invoke('lobby:pair', { pin, address, code }), ({ hubName }) => setPairedWith(deviceName(hubName)));
  };
  const words = ({ kind, details }: Failure): string =>
    ['no-pin', 'wrong-pin', 'locked-out'].includes(kind) ? t(`supervisor.failed.${kind}`, { ...details }) : failureWords({ kind, ...(details && { details }) });

  return (
    <Question
      words={t('supervisor.question')}
      onBack={back}
      next={
        <Next onPress={go} isDisabled={!isComplete}>
          {t(isPairing ? 'supervisor.pair' : 'supervisor.leave')}
        </Next>
      }
    >
      <Choices>
        <Choice isOn={!isPairing} onPress={() => setIsPairing(false)}>
          {t('supervisor.toLeave')}
        </Choice>
        <Choice isOn={isPairing} onPress={() => setIsPairing(true)}>
          {t('supervisor.toPair')}
        </Choice>
      </Choices>
      <TextField
        label={t('supervisor.pin')}
        type="password"
        inputMode="numeric"
        value={pin}
        onChange={(typed) => setPin(digits(typed, LONGEST_PIN))}
        onSubmit={go}
        maxLength={LONGEST_PIN}
        autoFocus
      />
      {isPairing && (
        <>
          <TextField label={t('supervisor.address')} value={address} onChange={setAddress} inputMode="url" maxLength={300} />
          <TextField
            label={t('supervisor.code')}
            value={code}
            onChange={(typed) => setCode(digits(typed, PAIRING_DIGITS))}
            onSubmit={go}
            inputMode="numeric"
            maxLength={PAIRING_DIGITS}
          />
        </>
      )}
      {failure !== null && (
        <Outcome>
          <Notice tone="warning" title={words(failure)} />
        </Outcome>
      )}
      {pairedWith !== null && (
        <Outcome>
          <Notice tone="ok" title={t('supervisor.paired', { name: pairedWith })} />
        </Outcome>
      )}
    </Question>
  );
}
