import { fold } from '../../shared/lib/fold.ts';

/** An id of the settings made from the name a person gave, different from those in use. */
export function idOf(name: string, taken: readonly string[]): string {
  const base =
    fold(name)
      .replace(/[^a-z0-9]+/gu, '-')
      .replace(/^-+|-+$/gu, '')
      .slice(0, 50)
      .replace(/-+$/u, '') || 'may-in';
  for (let nth = 1; ; nth += 1) {
    const id = nth === 1 ? base : `${base}-${nth}`;
    if (!taken.includes(id)) return id;
  }
}
