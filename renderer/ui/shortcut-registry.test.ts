import { describe, expect, it, vi } from 'vitest';
import { createShortcutRegistry, keysOf } from './shortcut-registry.ts';

const event = (key: string, more: Partial<KeyboardEvent> = {}) => ({
  key,
  ctrlKey: false,
  altKey: false,
  shiftKey: false,
  metaKey: false,
  isComposing: false,
  ...more,
});

describe('shortcut registry', () => {
  it('runs the newest registration and falls back when it goes', () => {
    const registry = createShortcutRegistry();
    const page = vi.fn();
    const section = vi.fn();
    registry.register({ keys: 'F9', layer: 0, run: page });
    const remove = registry.register({ keys: 'F9', layer: 0, run: section });
    registry.press('F9');
    remove();
    registry.press('F9');
    expect([section.mock.calls.length, page.mock.calls.length]).toEqual([1, 1]);
  });

  it('rests the keys of the page while a modal layer is open', () => {
    const registry = createShortcutRegistry();
    const page = vi.fn();
    registry.register({ keys: 'F4', layer: 0, run: page });
    const close = registry.openLayer(1);
    expect(registry.press('F4')).toBe(false);
    close();
    expect(registry.press('F4')).toBe(true);
    expect(page).toHaveBeenCalledOnce();
  });

  it('lists labelled shortcuts once a key', () => {
    const registry = createShortcutRegistry();
    registry.register({ keys: 'F2', layer: 0, label: 'old', run: vi.fn() });
    registry.register({ keys: 'F2', layer: 0, label: 'new', run: vi.fn() });
    registry.register({ keys: 'Esc', layer: 0, run: vi.fn() });
    expect(registry.list().map((shortcut) => shortcut.label)).toEqual(['new']);
  });

  it('names keys as they stand on the keyboard, and leaves composing input alone', () => {
    expect(keysOf(event('k', { ctrlKey: true }))).toBe('Ctrl+K');
    expect(keysOf(event('F9'))).toBe('F9');
    expect(keysOf(event('Escape'))).toBe('Esc');
    expect(keysOf(event('?', { shiftKey: true }))).toBe('?');
    expect(keysOf(event('k', { ctrlKey: true, isComposing: true }))).toBeUndefined();
    expect(keysOf(event('Control', { ctrlKey: true }))).toBeUndefined();
  });
});
