/** Owns what a revoked device is told, and the signed order to destroy its keys. */
import { type DestroyOrder, destroyOrderText } from '../../shared/sync/protocol.ts';
import { Problem } from '../problem.ts';
import type { Device } from './device-store.ts';
import type { TokenIssuer } from './tokens.ts';

export const destroyOrderOf = (tokens: TokenIssuer, { device_id: deviceId, destroy }: Device): DestroyOrder | undefined =>
  destroy === null ? undefined : { deviceId, signature: tokens.signText(destroyOrderText(deviceId, destroy)) };

/** Throws a Problem (403) for a revoked device. Only to be asked once the device has proven who it is: the order goes to nobody else. */
export function refuseRevoked(tokens: TokenIssuer, device: Device): void {
  if (device.revoked_at === null) return;
  const destroy = device.destroy === 'now' ? destroyOrderOf(tokens, device) : undefined;
  throw new Problem(403, 'device-revoked', 'this device was revoked', { destroy });
}
