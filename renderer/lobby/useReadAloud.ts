/** Reads what the screen says, step by step, once someone has asked for it; offered only where the machine can. */
import { useEffect, useState, type RefObject } from 'react';
import { usePreferences, useShell } from '../app/shell-context.tsx';

const LONGEST = 3000;

/** `moment` changes whenever there is something else to read. */
export function useReadAloud(main: RefObject<HTMLElement | null>, moment: unknown): { isOffered: boolean; isOn: boolean; toggle(): void } {
  const { bridge } = useShell();
  const { language } = usePreferences();
  const [isOffered, setIsOffered] = useState(false);
  const [isOn, setIsOn] = useState(false);
  useEffect(() => {
    let isHere = true;
    void bridge.invoke('lobby:state').then(({ canReadAloud }) => isHere && setIsOffered(canReadAloud));
    return () => {
      isHere = false;
    };
  }, [bridge]);
  useEffect(() => {
    if (!isOn) return;
    const text = main.current?.innerText.replace(/\n+/gu, '.\n').slice(0, LONGEST) ?? '';
    void bridge.invoke('lobby:say', { text, language });
    return () => void bridge.invoke('lobby:hush');
  }, [bridge, isOn, language, main, moment]);
  return { isOffered, isOn, toggle: () => setIsOn(!isOn) };
}
