/** Expectation values: a table with a dot and its standard error on one common scale. */

import { place, scale, type Scale } from './axis';
import type { Values } from './bundle';
import { html } from './make';
import { exact, withError } from './numbers';
import { wordsOf, type View, type ViewOptions, type Words } from './view';

export function mountValues(element: HTMLElement, data: Values, options: ViewOptions = {}): View<Values> {
  const frame = html('div', { class: 'qmv qmv-Values' });
  const update = (now: Values): void => frame.replaceChildren(...draw(now, wordsOf(options)));
  update(data);
  element.replaceChildren(frame);
  return { update, dispose: () => element.replaceChildren() };
}

function draw(data: Values, words: Words): HTMLElement[] {
  const ends = data.values.flatMap(([, value, error]) =>
    value === null ? [] : [value - (error ?? 0), value + (error ?? 0)]
  );
  const axis = scale([0, ...ends], 4);
  const head = html(
    'thead',
    {},
    html(
      'tr',
      {},
      html('th', { scope: 'col' }, words.__('observable')),
      html('th', { scope: 'col', class: 'qmv-Bar' }, html('span', { class: 'qmv-hidden' }, words.__('picture'))),
      html('th', { scope: 'col' }, words.__('value')),
      html(
        'th',
        { scope: 'col' },
        data.exact ? html('span', { class: 'qmv-hidden' }, words.__('error')) : words.__('± error')
      )
    )
  );
  const body = html('tbody', {}, ...data.values.map(row => drawRow(row, data.exact, axis, words)));
  const ticks = axis.ticks.map(tick => html('span', { style: `left:${place(axis, tick.value) * 100}%` }, tick.label));
  const foot = html(
    'tfoot',
    { 'aria-hidden': 'true' },
    html(
      'tr',
      {},
      html('td'),
      html('td', { class: 'qmv-Bar' }, html('div', { class: 'qmv-Ticks' }, ...ticks)),
      html('td'),
      html('td')
    )
  );
  const parts: HTMLElement[] = [html('table', { class: 'qmv-Table qmv-Bars qmv-mod-values' }, head, body, foot)];
  const more = data.total - data.values.length;
  const notes = [
    more > 0 ? words.__('… and %1 more; result.evs has all', more) : '',
    data.exact ? '' : words.__('line: ± one standard error')
  ];
  parts.push(html('div', { class: 'qmv-Note' }, notes.filter(Boolean).join(' · ')));
  return parts;
}

function drawRow(row: Values['values'][number], isExact: boolean, axis: Scale, words: Words): HTMLElement {
  const [label, value, error] = row;
  const [shown, spread] =
    value === null ? ['–', ''] : isExact ? [exact(value), words.__('exact')] : withError(value, error ?? 0);
  const track = html(
    'div',
    { class: 'qmv-Track' },
    ...axis.ticks.map(tick => line(axis, tick.value, tick.value === 0))
  );
  if (value !== null) {
    const width = place(axis, value + (error ?? 0)) - place(axis, value - (error ?? 0));
    if (width > 0) {
      track.append(
        html('div', {
          class: 'qmv-Whisker qmv-mod-value',
          style: `left:${place(axis, value - (error ?? 0)) * 100}%;width:${width * 100}%`
        })
      );
    }
    track.append(html('div', { class: 'qmv-Dot qmv-fill0', style: `left:${place(axis, value) * 100}%` }));
  }
  return html(
    'tr',
    {},
    html('th', { scope: 'row', class: 'qmv-Label', title: label }, label),
    html('td', { class: 'qmv-Bar' }, track),
    html('td', {}, shown),
    html('td', { class: 'qmv-soft' }, isExact || value === null ? spread : `± ${spread}`)
  );
}

function line(axis: Scale, value: number, zero: boolean): HTMLElement {
  return html('div', {
    class: zero ? 'qmv-GridLine qmv-mod-zero' : 'qmv-GridLine',
    style: `left:${place(axis, value) * 100}%`
  });
}
