/** Rows of text, for what has no picture. */

import type { Rows } from './bundle';
import { html } from './make';
import { wordsOf, type View, type ViewOptions } from './view';

export function mountRows(element: HTMLElement, data: Rows, options: ViewOptions = {}): View<Rows> {
  const words = wordsOf(options);
  const update = (now: Rows): void => {
    const head = html('tr', {}, ...now.head.map(name => html('th', { scope: 'col' }, name)));
    const body = now.rows.map(row =>
      html('tr', {}, ...row.map((cell, i) => (i ? html('td', {}, cell) : html('th', { scope: 'row' }, cell))))
    );
    const table = html(
      'table',
      { class: 'qmv-Table qmv-mod-data qmv-mod-rows' },
      html('thead', {}, head),
      html('tbody', {}, ...body)
    );
    const more = now.total - now.rows.length;
    const notes = [more > 0 ? words.__('… and %1 more', more) : '', now.note].filter(Boolean).join(' · ');
    const scroll = html(
      'div',
      { class: 'qmv-Scroll', tabindex: 0, role: 'region', 'aria-label': now.head.join(', ') },
      table
    );
    element.replaceChildren(html('div', { class: 'qmv' }, scroll, html('div', { class: 'qmv-Note' }, notes)));
  };
  update(data);
  return { update, dispose: () => element.replaceChildren() };
}
