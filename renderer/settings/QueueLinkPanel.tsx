/** Hàng chờ chung: makes devices known to each other by six digits, and shows who is there. */
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Failure } from '../../shared/lib/result.ts';
import { formatDateTime } from '../../shared/lib/time.ts';
import type { FoundHub, PairingOffer } from '../../shared/queue/office.ts';
import type { QueueLink } from '../../shared/queue/view.ts';
import { useShell } from '../app/shell-context.tsx';
import { useFailureWords } from '../app/useFailureWords.ts';
import { useStore } from 'zustand';
import { Button } from '../ui/Button.tsx';
import { Chip } from '../ui/Chip.tsx';
import { Notice } from '../ui/Notice.tsx';
import { Panel } from '../ui/Panel.tsx';
import { TextField } from '../ui/TextField.tsx';
import styles from './settings.module.css';

const SIX_DIGITS = /^\d{6}$/u;

export function QueueLinkPanel() {
  const { t } = useTranslation('settings');
  const { queue, info } = useShell();
  const view = useStore(queue, ({ value }) => value);
  if (view === null || view.link.seat === 'alone') return null;
  const { link } = view;
  return (
    <Panel title={t('link.title')}>
      <p className={styles.intro}>{t(`link.seat.${link.seat}`)}</p>
      <ul className={styles.list}>
        {link.members.map((member) => (
          <MemberLine key={member.memberId} member={member} mayRemove={info.settings.role === 'officer' && link.standing === 'leading'} />
        ))}
      </ul>
      {link.seat !== 'hub' && <Joining />}
      {link.seat !== 'member' && link.standing === 'leading' && <Offering />}
    </Panel>
  );
}

function MemberLine({ member, mayRemove }: { member: QueueLink['members'][number]; mayRemove: boolean }) {
  const { t } = useTranslation('settings');
  const { bridge } = useShell();
  const words = useFailureWords();
  const [failure, setFailure] = useState<Failure | null>(null);
  const [isAsking, setIsAsking] = useState(false);
  const remove = async () => {
    if (!isAsking) return setIsAsking(true);
    setIsAsking(false);
    const removed = await bridge.invoke('queue:remove-member', { memberId: member.memberId });
    setFailure(removed.ok ? null : removed.failure);
  };
  return (
    <li className={styles.device}>
      <b>{member.name}</b>
      <span className={styles.intro}>{t(`link.kind.${member.seat}`)}</span>
      {member.isWitness && <Chip tone="neutral">{t('link.witness')}</Chip>}
      <Chip tone={member.isHeard ? 'ok' : 'offline'}>{t(member.isHeard ? 'link.heard' : 'link.silent')}</Chip>
      {mayRemove && (
        <Button variant={isAsking ? 'danger' : 'quiet'} onPress={() => void remove()}>
          {t(isAsking ? 'link.removeSure' : 'link.remove')}
        </Button>
      )}
      {failure !== null && <Notice tone="danger" title={words(failure)} />}
    </li>
  );
}

function Offering() {
  const { t } = useTranslation('settings');
  const { bridge } = useShell();
  const words = useFailureWords();
  const [offer, setOffer] = useState<PairingOffer | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  useEffect(() => () => void bridge.invoke('queue:end-pairing'), [bridge]);
  const begin = async () => {
    const offered = await bridge.invoke('queue:offer-pairing');
    setOffer(offered.ok ? offered.value : null);
    setFailure(offered.ok ? null : offered.failure);
  };
  return (
    <>
      {offer !== null && (
        <Notice tone="info" title={t('link.code', { code: `${offer.code.slice(0, 3)} ${offer.code.slice(3)}` })}>
          {t('link.codeWords', { until: formatDateTime(offer.expiresAtMs).split(' ')[1], addresses: offer.addresses.join(' · ') })}
        </Notice>
      )}
      {failure !== null && <Notice tone="danger" title={words(failure)} />}
      <div className={styles.buttons}>
        <Button onPress={() => void begin()}>{t('link.offer')}</Button>
      </div>
    </>
  );
}

function Joining() {
  const { t } = useTranslation('settings');
  const { bridge } = useShell();
  const words = useFailureWords();
  const [hubs, setHubs] = useState<FoundHub[]>([]);
  const [address, setAddress] = useState('');
  const [code, setCode] = useState('');
  const [isBusy, setIsBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [joined, setJoined] = useState<string | null>(null);
  const digits = code.replace(/\D/gu, '');
  useEffect(() => {
    void bridge.invoke('queue:find-hubs').then((found) => {
      setHubs(found);
      setAddress((typed) => (typed === '' ? (found[0]?.address ?? '') : typed));
    });
  }, [bridge]);
  const join = async () => {
    if (isBusy || !SIX_DIGITS.test(digits) || address.trim() === '') return;
    setIsBusy(true);
    const paired = await bridge.invoke('queue:pair', { address, code: digits });
    setIsBusy(false);
    setFailure(paired.ok ? null : paired.failure);
    setJoined(paired.ok ? paired.value.hubName : null);
    if (paired.ok) setCode('');
  };
  return (
    <>
      {joined !== null && <Notice tone="ok" title={t('link.joined', { name: joined })} />}
      <TextField
        label={t('link.address')}
        value={address}
        onChange={setAddress}
        onSubmit={() => void join()}
        maxLength={200}
        description={hubs.length === 0 ? t('link.notFound') : t('link.found', { names: hubs.map((hub) => hub.name).join(', ') })}
      />
      <TextField
        label={t('link.codeField')}
        value={code}
        onChange={setCode}
        onSubmit={() => void join()}
        inputMode="numeric"
        maxLength={7}
        error={failure === null ? undefined : words(failure)}
      />
      <div className={styles.buttons}>
        <Button isPending={isBusy} isDisabled={!SIX_DIGITS.test(digits)} onPress={() => void join()}>
          {t('link.join')}
        </Button>
      </div>
    </>
  );
}
