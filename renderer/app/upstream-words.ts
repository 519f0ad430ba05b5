/** A specialised system and a dossier on its way there in one short line each. A system that is down is normal and never red. */
import type { TFunction } from 'i18next';
import { formatDateTime } from '../../shared/lib/time.ts';
import type { DossierUpstreams, HealthStatus, UpstreamHealth } from '../../shared/upstreams/upstream.ts';
import type { ChipTone } from '../ui/Chip.tsx';
import type { IconName } from '../ui/Icon.tsx';

type Exists = (key: string) => boolean;

/** `09:12`, with its date once that is another day. */
export const sinceWords = (atMs: number, nowMs: number): string => {
  const [date, time = ''] = formatDateTime(atMs).split(' ');
  return formatDateTime(nowMs).startsWith(`${date} `) ? time : `${time} ${date}`;
};

/** A system that only a newer province knows keeps its own name. */
export const upstreamName = (name: string, t: TFunction, exists: Exists): string => (exists(`upstreams:name.${name}`) ? t(`upstreams:name.${name}`) : name);

export const healthLook: Record<HealthStatus, { tone: ChipTone; icon: IconName }> = {
  working: { tone: 'ok', icon: 'check' },
  slow: { tone: 'warning', icon: 'info' },
  down: { tone: 'offline', icon: 'cloud-off' },
};

type Delivery = DossierUpstreams[number];

export const upstreamDeliveryLook: Record<Delivery['state'], { tone: ChipTone; icon: IconName }> = {
  'awaiting-scans': { tone: 'offline', icon: 'folder' },
  queued: { tone: 'offline', icon: 'send' },
  accepted: { tone: 'accent', icon: 'send' },
  delivered: { tone: 'ok', icon: 'check' },
  refused: { tone: 'danger', icon: 'warning' },
  failed: { tone: 'danger', icon: 'warning' },
};

/** "Chờ Đất đai (gián đoạn từ 09:12)": what waits says whether its system is in trouble. */
export function upstreamDeliveryWords({ upstream, state }: Delivery, health: UpstreamHealth | undefined, nowMs: number, t: TFunction, exists: Exists): string {
  const name = upstreamName(upstream, t, exists);
  if (state !== 'queued' || health === undefined || health.status === 'working') return t(`upstreams:delivery.${state}`, { name });
  return t(`upstreams:delivery.${health.status === 'down' ? 'queuedDown' : 'queuedSlow'}`, { name, time: sinceWords(health.sinceMs, nowMs) });
}
