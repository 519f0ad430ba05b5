/** Fills an e-form with what is already known of the people in the dossier, never over what the officer typed. */
import type { EForm } from '../catalogue/catalogue.ts';

/** Where a value came from, shown beside it so that the officer knows what to check. */
export const whences = ['card', 'last-dossier', 'applicant', 'submitter'] as const;
export type Whence = (typeof whences)[number];

type FormData = Record<string, unknown>;
type Known = { applicant: Record<string, string | undefined>; submitter: Record<string, string | undefined> | undefined };
export type Autofilled = { formData: FormData; whence: Record<string, Whence> };

export const readPath = (data: unknown, path: string[]): unknown =>
  path.reduce<unknown>((node, key) => (node !== null && typeof node === 'object' ? (node as FormData)[key] : undefined), data);

function writePath(data: FormData, [head, ...rest]: string[], value: unknown): FormData {
  if (head === undefined) return data;
  if (rest.length === 0) return { ...data, [head]: value };
  const child = data[head];
  return { ...data, [head]: writePath(child !== null && typeof child === 'object' && !Array.isArray(child) ? (child as FormData) : {}, rest, value) };
}

const isEmpty = (value: unknown): boolean => value === undefined || value === null || value === '';

/**
 * `whence` is keyed by `formData.<path>` and lists the fields still as autofill left them: only those, and empty ones, are written.
 * A source that became empty leaves the form as it is. What did not change is handed back as it came, so that nothing is drawn anew for it.
 */
export function autofillForm(form: EForm, known: Known, formData: FormData, whence: Record<string, Whence>): Autofilled {
  let data = formData;
  let marks = whence;
  for (const [formPath, source] of Object.entries(form.autofill)) {
    const [party, property] = source.split('.') as ['applicant' | 'submitter', string];
    const path = formPath.split('.');
    const key = `formData.${formPath}`;
    const value = known[party]?.[property];
    const current = readPath(data, path);
    if (isEmpty(value) || current === value) continue;
    if (!isEmpty(current) && marks[key] === undefined) continue;
    data = writePath(data, path, value);
    if (marks[key] !== party) marks = { ...marks, [key]: party };
  }
  return { formData: data, whence: marks };
}

/** Marks of the fields whose value the officer has not changed since. */
export function keepTrueMarks(whence: Record<string, Whence>, before: FormData, after: FormData): Record<string, Whence> {
  const unchanged = Object.entries(whence).filter(([key]) => {
    if (!key.startsWith('formData.')) return true;
    const path = key.slice('formData.'.length).split('.');
    return readPath(before, path) === readPath(after, path);
  });
  return unchanged.length === Object.keys(whence).length ? whence : Object.fromEntries(unchanged);
}
