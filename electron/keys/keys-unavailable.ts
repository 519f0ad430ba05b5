/** The machine has no usable key store, or its store no longer opens our keys. */
export class KeysUnavailable extends Error {
  constructor(
    readonly kind: 'no-key-store' | 'keys-damaged' | 'keys-missing' | 'keys-destroyed',
    options?: ErrorOptions,
  ) {
    super(kind, options);
  }
}
