/** Hàng chờ chung: makes devices known to each other by six digits, shows who is there, and lets one go. */
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { Failure } from '../../shared/lib/result.ts';
import { formatDateTime } from '../../shared/lib/time.ts';
import type { PairingOffer } from '../../shared/queue/office.ts';
import type { QueueLink } from '../../shared/queue/view.ts';
import { JoinQueue } from '../app/JoinQueue.tsx';
import { useNow, useShell } from '../app/shell-context.tsx';
import { useDeviceName } from '../app/useDeviceName.ts';
import { useFailureWords } from '../app/useFailureWords.ts';
import { Button } from '../ui/Button.tsx';
import { Chip } from '../ui/Chip.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Notice } from '../ui/Notice.tsx';
import { Panel } from '../ui/Panel.tsx';
import styles from './settings.module.css';

type Member = QueueLink['members'][number];

export function QueueLinkPanel() {
  const { t } = useTranslation('settings');
  const { queue, info } = useShell();
  const view = useStore(queue, ({ value }) => value);
  if (view === null || view.link.seat === 'alone') return null;
  const { link } = view;
  const mayRemove = info.settings.role === 'officer' && link.standing === 'leading';
  return (
    <Panel title={t('link.title')}>
      <p className={styles.intro}>{t(`link.seat.${link.seat}`)}</p>
      {link.members.length === 0 ? (
        link.standing === 'leading' && <p>{t('link.nobody')}</p>
      ) : (
        <ul className={styles.members} aria-label={t('link.members')}>
          {link.members.map((member) => (
            <MemberLine key={member.memberId} member={member} mayRemove={mayRemove} />
          ))}
        </ul>
      )}
      {link.seat !== 'hub' && <Joining isUnpaired={link.standing === 'unpaired'} />}
      {link.seat !== 'member' && link.standing === 'leading' && <Offering memberIds={link.members.map(({ memberId }) => memberId)} />}
    </Panel>
  );
}

function MemberLine({ member, mayRemove }: { member: Member; mayRemove: boolean }) {
  const { t } = useTranslation('settings');
  const deviceName = useDeviceName();
  const [isAsking, setIsAsking] = useState(false);
  const name = deviceName(member.name);
  return (
    <li className={styles.member}>
      <b>{name}</b>
      <Chip tone={member.isHeard ? 'ok' : 'offline'}>{t(member.isHeard ? 'link.heard' : 'link.silent')}</Chip>
      {member.seat !== 'member' && <span className={styles.intro}>{t(`link.kind.${member.seat}`)}</span>}
      {member.isWitness && <span className={styles.intro}>{t('link.witness')}</span>}
      {mayRemove && (
        <span className={styles.memberAction}>
          <Button aria-label={t('link.removeNamed', { name })} onPress={() => setIsAsking(true)}>
            {t('link.remove')}
          </Button>
        </span>
      )}
      {isAsking && <Removing memberId={member.memberId} name={name} onClose={() => setIsAsking(false)} />}
    </li>
  );
}

function Removing({ memberId, name, onClose }: { memberId: string; name: string; onClose: () => void }) {
  const { t } = useTranslation('settings');
  const { bridge } = useShell();
  const words = useFailureWords();
  const [isBusy, setIsBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const remove = async () => {
    setIsBusy(true);
    const removed = await bridge.invoke('queue:remove-member', { memberId });
    setIsBusy(false);
    if (removed.ok) onClose();
    else setFailure(removed.failure);
  };
  return (
    <Dialog
      role="alertdialog"
      size="small"
      isOpen
      title={t('link.removeTitle', { name })}
      onClose={onClose}
      actions={
        <>
          <Button autoFocus onPress={onClose}>
            {t('link.removeNo')}
          </Button>
          <Button variant="danger" isPending={isBusy} onPress={() => void remove()}>
            {t('link.removeYes')}
          </Button>
        </>
      }
    >
      <p>{t('link.removeWords')}</p>
      {failure !== null && <Notice tone="danger" title={words(failure)} />}
    </Dialog>
  );
}

/** `before`: who was there when the code was asked for; somebody new has used it up. */
type Offered = PairingOffer & { before: readonly string[]; isUsed: boolean };

function Offering({ memberIds }: { memberIds: readonly string[] }) {
  const { t } = useTranslation('settings');
  const { bridge } = useShell();
  const words = useFailureWords();
  const nowMs = useNow(1000);
  const [offered, setOffered] = useState<Offered | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  useEffect(() => () => void bridge.invoke('queue:end-pairing'), [bridge]);
  const begin = async () => {
    const offer = await bridge.invoke('queue:offer-pairing');
    setOffered(offer.ok ? { ...offer.value, before: memberIds, isUsed: false } : null);
    setFailure(offer.ok ? null : offer.failure);
  };
  const end = () => {
    setOffered(null);
    void bridge.invoke('queue:end-pairing');
  };
  if (offered?.isUsed === false && memberIds.some((memberId) => !offered.before.includes(memberId))) setOffered({ ...offered, isUsed: true });
  const isShown = offered !== null && !offered.isUsed && nowMs < offered.expiresAtMs;
  return (
    <>
      {isShown && (
        <section className={styles.offer} aria-label={t('link.codeTitle')}>
          <h3>{t('link.codeTitle')}</h3>
          <p className={styles.pairingCode} data-testid="pairing-code">
            {`${offered.code.slice(0, 3)} ${offered.code.slice(3)}`}
          </p>
          <p>{t('link.codeWords', { until: formatDateTime(offered.expiresAtMs).split(' ')[1] })}</p>
          <p className={styles.intro}>{t('link.addresses')}</p>
          <ul>
            {offered.addresses.map((address) => (
              <li key={address} className={styles.address}>
                {address}
              </li>
            ))}
          </ul>
        </section>
      )}
      {offered !== null && !isShown && <Notice tone={offered.isUsed ? 'ok' : 'warning'} title={t(offered.isUsed ? 'link.codeUsed' : 'link.codeExpired')} />}
      {failure !== null && <Notice tone="danger" title={words(failure)} />}
      <div className={styles.buttons}>
        {isShown && <Button onPress={end}>{t('link.hideCode')}</Button>}
        <Button onPress={() => void begin()}>{t(isShown ? 'link.offerAnother' : 'link.offer')}</Button>
      </div>
    </>
  );
}

/** A device that is paired is rarely paired anew, e.g. after its hub was replaced. */
function Joining({ isUnpaired }: { isUnpaired: boolean }) {
  const { t } = useTranslation('settings');
  const [isOpen, setIsOpen] = useState(false);
  const [joined, setJoined] = useState<string | null>(null);
  if (joined !== null) return <Notice tone="ok" title={t('link.joined', { name: joined })} />;
  if (isUnpaired || isOpen) return <JoinQueue onJoined={setJoined} />;
  return (
    <div className={styles.buttons}>
      <Button onPress={() => setIsOpen(true)}>{t('link.joinAnew')}</Button>
    </div>
  );
}
