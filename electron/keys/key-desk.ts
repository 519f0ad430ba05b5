/** What an officer may do with the device's keys: set the recovery passphrase, take a new data key. */
import type { KeysState } from '../../shared/ipc/contract.ts';
import type { Operation } from '../../shared/journal/operation.ts';
import { passphraseFault } from '../../shared/keys/passphrase.ts';
import { fail, ok, type Failure, type Result } from '../../shared/lib/result.ts';
import type { DeviceKeys } from './device-keys.ts';
import type { KeyedVault } from './vault.ts';

export type KeyDesk = {
  state(): KeysState;
  setRecovery(passphrase: string): Promise<Result<KeysState>>;
  rotate(): Promise<Result<KeysState>>;
};

type Options = {
  keys: DeviceKeys;
  vault: KeyedVault;
  /** Resolves once the operation is durable in the journal. */
  record(operation: Operation): Promise<Result<unknown, Failure>>;
};

export function createKeyDesk({ keys, vault, record }: Options): KeyDesk {
  const state = (): KeysState => ({ protected: !keys.isUnprotected, recovery: keys.hasRecovery() });
  return {
    state,
    async setRecovery(passphrase) {
      const fault = passphraseFault(passphrase);
      if (fault !== undefined) return fail(fault);
      await keys.setRecovery(passphrase);
      return ok(state());
    },
    async rotate() {
      const key = await keys.rotate();
      vault.use(key);
      const recorded = await record({ type: 'keys.rotated', keyId: key.id });
      return recorded.ok ? ok(state()) : recorded;
    },
  };
}
