/** A row of buttons of which one is chosen. */

import { button, html } from './make';

/** Returns the row. `pick` is called with the value that was chosen; the first button that matches `chosen` starts. */
export function choice<T extends string | number>(
  label: string,
  values: readonly (readonly [T, string])[],
  chosen: T,
  pick: (value: T) => void
): HTMLElement {
  const row = html('div', { class: 'qmv-Choice', role: 'group', 'aria-label': label });
  const buttons = values.map(([value, text]) => {
    const one = button(text, () => {
      buttons.forEach(other => other.setAttribute('aria-pressed', String(other === one)));
      pick(value);
    });
    one.setAttribute('aria-pressed', String(value === chosen));
    return one;
  });
  row.append(html('span', { class: 'qmv-Choice-label', 'aria-hidden': 'true' }, label), ...buttons);
  return row;
}
