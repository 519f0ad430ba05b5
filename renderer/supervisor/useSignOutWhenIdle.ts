import { useEffect, useRef } from 'react';

/** Someone who walked away leaves the page open for this long. */
const IDLE_MS = 30 * 60_000;
const signs = ['pointerdown', 'keydown', 'wheel'] as const;

export function useSignOutWhenIdle(isSignedIn: boolean, signOut: () => void): void {
  const latest = useRef(signOut);
  useEffect(() => {
    latest.current = signOut;
  });
  useEffect(() => {
    if (!isSignedIn) return undefined;
    let timer = setTimeout(() => latest.current(), IDLE_MS);
    const again = () => {
      clearTimeout(timer);
      timer = setTimeout(() => latest.current(), IDLE_MS);
    };
    for (const sign of signs) addEventListener(sign, again, { passive: true });
    return () => {
      clearTimeout(timer);
      for (const sign of signs) removeEventListener(sign, again);
    };
  }, [isSignedIn]);
}
