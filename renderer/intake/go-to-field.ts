/** Brings the officer to a field by its path in the draft: unfolds what hides it, scrolls, focuses. */
import { formFieldId } from '../eform/EFormFields.tsx';

/** Element id of a field's control, or of the group it is in. */
export const fieldId = (field: string): string =>
  field.startsWith('formData.') ? formFieldId(field.split('.').slice(1)) : `intake-${field.replaceAll('.', '-')}`;

const focusable = 'input:not([type="hidden"]):not([hidden]), textarea, select, button, [tabindex]:not([tabindex="-1"])';

/** False when no part of the field is on the page. */
export function goToField(field: string): boolean {
  const parts = field.split('.');
  // A value deep in the form may have no control of its own (a whole list is missing): its parent is the next best.
  for (let length = parts.length; length > 0; length--) {
    const element = document.getElementById(fieldId(parts.slice(0, length).join('.')));
    if (element === null) continue;
    for (let fold = element.closest('details'); fold !== null; fold = fold.parentElement?.closest('details') ?? null) fold.open = true;
    const target = element.matches(focusable) ? element : (element.querySelector<HTMLElement>(focusable) ?? element);
    target.scrollIntoView({ block: 'center' });
    target.focus({ preventScroll: true });
    return true;
  }
  return false;
}
