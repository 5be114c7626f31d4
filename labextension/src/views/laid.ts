/** Several distributions over each other: a bar of each colour for every outcome, and how far each is from the first. */

import { percents, place, type Scale } from './axis';
import { bitstring } from './bitstring';
import type { Laid, LaidRow } from './bundle';
import { html } from './make';
import { percent } from './numbers';
import { mountRows } from './rows';
import { wordsOf, type View, type ViewOptions } from './view';

/** Pixels of one bar with its gap, and above the first. */
const STEP = 11;
const TOP = 3;

export function mountLaid(element: HTMLElement, data: Laid, options: ViewOptions = {}): View<Laid> {
  const update = (now: Laid): void => {
    const words = wordsOf(options);
    const highs = now.rows.filter(row => !row.others).flatMap(row => row.values.map(one => one[2]));
    const axis = percents(Math.max(...highs, 0.01));
    const heads = now.labels.map((label, n) =>
      html(
        'th',
        { scope: 'col', class: 'qmv-mod-wrap' },
        ...label
          .split(/(?<=:)/)
          .flatMap((part, i) => [
            html('span', {}, i === 0 ? html('span', { class: `qmv-Swatch qmv-fill${n}` }) : null, part),
            html('wbr')
          ])
      )
    );
    const hidden = (text: string): HTMLElement =>
      html('th', { scope: 'col' }, html('span', { class: 'qmv-hidden' }, text));
    const table = html(
      'table',
      { class: 'qmv-Table qmv-Bars qmv-mod-laid' },
      html('thead', {}, html('tr', {}, hidden(words.__('outcome')), hidden(words.__('bar')), ...heads)),
      html('tbody', {}, ...now.rows.map(row => drawRow(row, axis))),
      foot(axis, now.labels.length)
    );
    const distances = html('div', { class: 'qmv-Below' });
    element.replaceChildren(
      html('div', { class: 'qmv' }, table, html('div', { class: 'qmv-Note' }, now.note)),
      distances
    );
    if (now.distances && now.distances.rows.length > 0) {
      mountRows(distances, now.distances, options);
    }
  };
  update(data);
  return { update, dispose: () => element.replaceChildren() };
}

function drawRow(row: LaidRow, axis: Scale): HTMLElement {
  const bars = row.values.flatMap(([value, low, high], n) => {
    const part = Math.min(1, place(axis, value)) * 100;
    const top = TOP + STEP * n;
    const name = `qmv-BarFill qmv-fill${n}${place(axis, value) > 1 ? ' qmv-mod-cut' : ''}`;
    const drawn = [html('div', { class: name, style: `top:${top}px;height:9px;width:${part}%` })];
    if (low < high && !row.others) {
      const [from, to] = [place(axis, low), Math.min(1, place(axis, high))];
      const style = `top:${top + 1.5}px;left:${from * 100}%;width:${(to - from) * 100}%`;
      drawn.push(html('div', { class: 'qmv-Whisker', style }));
    }
    return drawn;
  });
  const height = `height:${2 * TOP + STEP * row.values.length - 2}px`;
  const label = row.others ? row.label : bitstring(row.label, [row.label.length]);
  return html(
    'tr',
    { class: row.others ? 'qmv-soft' : '' },
    html('th', { scope: 'row' }, label),
    html('td', { class: 'qmv-Bar' }, html('div', { class: 'qmv-Track', style: height }, ...grid(axis), ...bars)),
    ...row.values.map(([value, low, high]) =>
      html(
        'td',
        {},
        percent(value),
        html('span', { class: 'qmv-hidden' }, low < high ? ` (${percent(low)} – ${percent(high)})` : '')
      )
    )
  );
}

function foot(axis: Scale, columns: number): HTMLElement {
  const ticks = axis.ticks.map(tick => html('span', { style: `left:${place(axis, tick.value) * 100}%` }, tick.label));
  const cells = Array.from({ length: columns }, () => html('td'));
  const row = html('div', { class: 'qmv-Ticks' }, ...ticks);
  return html(
    'tfoot',
    { 'aria-hidden': 'true' },
    html('tr', {}, html('td'), html('td', { class: 'qmv-Bar' }, row), ...cells)
  );
}

function grid(axis: Scale): HTMLElement[] {
  return axis.ticks.map(tick =>
    html('div', { class: 'qmv-GridLine', style: `left:${place(axis, tick.value) * 100}%` })
  );
}
