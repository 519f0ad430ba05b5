/** A promise in one hand and what settles it in the other, for what is answered from elsewhere. */

export type Deferred<T> = { promise: Promise<T>; resolve: (value: T | PromiseLike<T>) => void };

export function deferred<T = void>(): Deferred<T> {
  let resolve: Deferred<T>['resolve'] = () => undefined;
  const promise = new Promise<T>((settle) => (resolve = settle));
  return { promise, resolve };
}
