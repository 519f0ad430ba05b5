/** Screens in chunks of their own: a start compiles only the first one, the others are fetched while the officer reads it. */
import { lazy, useState, type ComponentType, type ReactElement } from 'react';

const waiting: Array<() => Promise<unknown>> = [];

export function lazyScreen<Props extends object>(load: () => Promise<ComponentType<Props>>): (props: Props) => ReactElement {
  let loaded: ComponentType<Props> | undefined;
  let loading: Promise<ComponentType<Props>> | undefined;
  const fetched = (): Promise<ComponentType<Props>> => (loading ??= load().then((screen) => (loaded = screen)));
  const Suspending = lazy(async () => ({ default: await fetched() }));
  waiting.push(fetched);
  return function Screen(props) {
    // Chosen once: another component in the same place would lose what the screen holds.
    const [Chosen] = useState<ComponentType<Props>>(() => loaded ?? Suspending);
    return <Chosen {...props} />;
  };
}

/** One at a time, when there is nothing better to do. */
export function fetchScreens(): void {
  const next = waiting.shift();
  if (next !== undefined)
    requestIdleCallback(
      () =>
        void next()
          .catch(() => undefined)
          .then(fetchScreens),
      { timeout: 1000 },
    );
}
