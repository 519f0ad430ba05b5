import { describe, expect, it } from 'vitest';
import { asksToLeave, isAllowedInLobby } from './allowed-keys.ts';

const none = { control: false, alt: false, meta: false, shift: false };

describe('keys in the lobby', () => {
  it.each(['a', 'Z', 'ư', '7', ' ', '|', '😀', 'Enter', 'Tab', 'Backspace', 'Delete', 'Escape', 'ArrowDown', 'Home', 'Shift'])('%s writes or moves', (key) => {
    expect(isAllowedInLobby({ key, code: '', ...none })).toBe(true);
    expect(isAllowedInLobby({ key, code: '', ...none, shift: true })).toBe(true);
  });

  it.each([
    'F1',
    'F5',
    'F7',
    'F10',
    'F11',
    'F12',
    'F24',
    'ContextMenu',
    'PrintScreen',
    'BrowserBack',
    'BrowserHome',
    'LaunchApplication1',
    'Insert',
    'Pause',
    'Help',
    'Eject',
    'Power',
  ])('%s is refused', (key) => expect(isAllowedInLobby({ key, code: key, ...none })).toBe(false));

  it.each([...'wqposrntjui+-=0acvxzfghkldeby'])('Ctrl, Alt and Meta with %s are refused', (key) => {
    for (const held of [{ control: true }, { meta: true }, { alt: true }, { control: true, shift: true }, { control: true, alt: true }])
      expect(isAllowedInLobby({ key, code: `Key${key.toUpperCase()}`, ...none, ...held })).toBe(false);
  });

  it.each(['F4', 'Tab', 'ArrowLeft', 'Escape', ' ', 'Home'])('Alt+%s is refused', (key) => {
    expect(isAllowedInLobby({ key, code: key, ...none, alt: true })).toBe(false);
    expect(isAllowedInLobby({ key, code: key, ...none, control: true })).toBe(false);
  });

  it('lets through letters typed as Alt with the keypad', () => {
    expect(isAllowedInLobby({ key: '1', code: 'Numpad1', ...none, alt: true })).toBe(true);
  });

  it('knows the one command', () => {
    expect(asksToLeave({ key: 'l', code: 'KeyL', control: true, alt: true, shift: true, meta: false })).toBe(true);
    expect(asksToLeave({ key: 'l', code: 'KeyL', control: true, alt: true, shift: false, meta: false })).toBe(false);
  });
});
