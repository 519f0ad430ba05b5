/** Keys for React: the provider listens once, components say what a key means while they are on the screen. */
import { createContext, createElement, useContext, useEffect, useRef, type ReactNode } from 'react';
import { keysOf, type ShortcutRegistry } from './shortcut-registry.ts';

const RegistryContext = createContext<ShortcutRegistry | null>(null);
const LayerContext = createContext(0);

export function ShortcutProvider({ registry, children }: { registry: ShortcutRegistry; children: ReactNode }) {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.repeat || event.defaultPrevented) return;
      const keys = keysOf(event);
      if (keys !== undefined && registry.press(keys)) event.preventDefault();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, [registry]);
  return createElement(RegistryContext.Provider, { value: registry }, children);
}

export function useShortcuts(): ShortcutRegistry {
  const registry = useContext(RegistryContext);
  if (registry === null) throw new Error('useShortcuts outside ShortcutProvider');
  return registry;
}

/** Binds a key (`F9`, `Ctrl+K`) while the component is mounted. With a label it is listed in help and in the command palette. */
export function useShortcut(keys: string, handler: () => void, { label, isEnabled = true }: { label?: string; isEnabled?: boolean } = {}): void {
  const registry = useShortcuts();
  const layer = useContext(LayerContext);
  const latest = useRef(handler);
  useEffect(() => {
    latest.current = handler;
  });
  useEffect(() => {
    if (!isEnabled) return;
    return registry.register({ keys, label, layer, run: () => latest.current() });
  }, [registry, keys, label, layer, isEnabled]);
}

/** While mounted, only the shortcuts bound inside it work. */
export function ShortcutLayer({ children }: { children: ReactNode }) {
  const registry = useContext(RegistryContext);
  const layer = useContext(LayerContext) + 1;
  useEffect(() => registry?.openLayer(layer), [registry, layer]);
  return createElement(LayerContext.Provider, { value: layer }, children);
}
