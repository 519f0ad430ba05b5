/** Which keys mean what right now: the newest registration of a key in the top layer wins; a modal opens a layer of its own. */

export type Shortcut = { keys: string; label?: string; layer: number; run: () => void };

export type ShortcutRegistry = {
  /** Returns what takes the shortcut away again. */
  register(shortcut: Shortcut): () => void;
  openLayer(layer: number): () => void;
  /** Runs the shortcut of these keys (`F9`, `Ctrl+K`); false when no one in the top layer has it. */
  press(keys: string): boolean;
  /** The labelled shortcuts of a layer, as help and the command palette list them. */
  list(layer?: number): Shortcut[];
};

export function createShortcutRegistry(): ShortcutRegistry {
  const shortcuts = new Set<Shortcut>();
  const layers = new Set<number>([0]);
  return {
    register(shortcut) {
      shortcuts.add(shortcut);
      return () => shortcuts.delete(shortcut);
    },
    openLayer(layer) {
      layers.add(layer);
      return () => layers.delete(layer);
    },
    press(keys) {
      const top = Math.max(...layers);
      const found = [...shortcuts].filter((shortcut) => shortcut.keys === keys && shortcut.layer === top).at(-1);
      found?.run();
      return found !== undefined;
    },
    list(layer = 0) {
      const byKeys = new Map<string, Shortcut>();
      for (const shortcut of shortcuts) if (shortcut.layer === layer && shortcut.label !== undefined) byKeys.set(shortcut.keys, shortcut);
      return [...byKeys.values()];
    },
  };
}

const plainKeys: Record<string, string> = { Escape: 'Esc', ArrowUp: 'Up', ArrowDown: 'Down' };

/** `Ctrl+K` from a key event; undefined for a bare modifier and for keys an input method is still composing. */
export function keysOf(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'altKey' | 'shiftKey' | 'metaKey' | 'isComposing'>): string | undefined {
  if (event.isComposing || event.metaKey || ['Control', 'Alt', 'Shift', 'AltGraph', 'Process', 'Unidentified'].includes(event.key)) return undefined;
  const key = plainKeys[event.key] ?? (event.key.length === 1 ? event.key.toUpperCase() : event.key);
  return [event.ctrlKey && 'Ctrl', event.altKey && 'Alt', event.shiftKey && event.key.length > 1 && 'Shift', key].filter(Boolean).join('+');
}
