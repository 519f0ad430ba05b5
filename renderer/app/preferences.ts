/** How this device's user wants to see the screens; overrides the settings file, kept in localStorage. */
import { z } from 'zod';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { PublicSettings } from '../../shared/settings/settings.ts';
import { languages, type Language } from './i18n.ts';

export const themes = ['system', 'light', 'dark', 'high-contrast'] as const;
export type Theme = (typeof themes)[number];

const chosenSchema = z.object({ language: z.enum(languages).optional(), theme: z.enum(themes).optional() });
type Chosen = z.infer<typeof chosenSchema>;

export type Preferences = { language: Language; theme: Theme; choose(chosen: Chosen): void };

const KEY = 'preferences';

export function createPreferences(settings: Pick<PublicSettings, 'language' | 'theme'>, storage: Pick<Storage, 'getItem' | 'setItem'>): StoreApi<Preferences> {
  let chosen: Chosen = {};
  try {
    chosen = chosenSchema.parse(JSON.parse(storage.getItem(KEY) ?? '{}'));
  } catch {
    // Damaged preferences are no reason not to start: the settings file stands.
  }
  return createStore<Preferences>()((set) => ({
    language: chosen.language ?? settings.language,
    theme: chosen.theme ?? settings.theme,
    choose(more) {
      chosen = { ...chosen, ...more };
      storage.setItem(KEY, JSON.stringify(chosen));
      set(more);
    },
  }));
}

/** Keeps `data-theme` of the document true to the choice and, for `system`, to the operating system. */
export function applyTheme(preferences: StoreApi<Preferences>, root: HTMLElement): void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const contrast = matchMedia('(prefers-contrast: more)');
  const apply = () => {
    const { theme } = preferences.getState();
    root.dataset.theme = theme !== 'system' ? theme : contrast.matches ? 'high-contrast' : dark.matches ? 'dark' : 'light';
  };
  apply();
  preferences.subscribe(apply);
  dark.addEventListener('change', apply);
  contrast.addEventListener('change', apply);
}
