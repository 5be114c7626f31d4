/** The numbers behind a picture, folded away; made only when they are unfolded. */

import { html } from './make';
import type { Words } from './view';

const MOST_ROWS = 1024;

/** Returns a folded table. `rows` is asked for each time it is unfolded. */
export function dataTable(
  words: Words,
  title: string,
  head: readonly string[],
  rows: () => readonly (readonly string[])[]
): HTMLElement {
  const box = html('div', { class: 'qmv-Scroll', tabindex: 0, role: 'region', 'aria-label': title });
  const fold = html('details', { class: 'qmv-Fold' }, html('summary', {}, title), box);
  fold.addEventListener('toggle', () => {
    if (!fold.open) {
      return;
    }
    const found = rows();
    const body = found
      .slice(0, MOST_ROWS)
      .map(row =>
        html('tr', {}, ...row.map((cell, i) => (i ? html('td', {}, cell) : html('th', { scope: 'row' }, cell))))
      );
    const columns = html('thead', {}, html('tr', {}, ...head.map(name => html('th', { scope: 'col' }, name))));
    box.replaceChildren(html('table', { class: 'qmv-Table qmv-mod-data' }, columns, html('tbody', {}, ...body)));
    if (found.length > MOST_ROWS) {
      box.append(html('div', { class: 'qmv-Note' }, words.__('… and %1 more', found.length - MOST_ROWS)));
    }
  });
  return fold;
}
