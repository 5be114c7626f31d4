/** One of several named values, chosen from a list with its label beside it. */

import { html } from '../views/make';

/** Returns the label with its list; `set` hears what was chosen. */
export function pick<T extends string>(
  label: string,
  values: readonly (readonly [T, string])[],
  set: (value: T) => void
): HTMLElement {
  const options = values.map(([value, text]) => html('option', { value }, text));
  const select = html('select', {}, ...options);
  select.addEventListener('change', () => set(select.value as T));
  return html('label', { class: 'qmv-Check' }, label, select);
}
