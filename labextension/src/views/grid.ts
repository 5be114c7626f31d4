/** Values over two parameters as a coloured grid. */

import { scale } from './axis';
import type { Grid } from './bundle';
import { diverging } from './colour';
import { dataTable } from './datatable';
import { html, svg } from './make';
import { exact, short } from './numbers';
import { Tip } from './tip';
import { uniqueId, wordsOf, type View, type ViewOptions, type Words } from './view';

const [WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT] = [560, 380, 58, 44, 8, 12];

export function mountGrid(element: HTMLElement, data: Grid, options: ViewOptions = {}): View<Grid> {
  const frame = html('div', { class: 'qmv qmv-Grid' });
  element.replaceChildren(frame);
  const update = (now: Grid): void => draw(frame, now, wordsOf(options));
  update(data);
  return { update, dispose: () => element.replaceChildren() };
}

function draw(frame: HTMLElement, data: Grid, words: Words): void {
  const [columns, rows] = [data.x.values.length, data.y.values.length];
  // rounding noise alone is 0 everywhere
  const found = Math.max(
    ...data.values
      .flat()
      .map(value => Math.abs(value))
      .filter(Number.isFinite)
  );
  const largest = found > 1e-9 ? found : 1;
  const [wide, high] = [(WIDTH - LEFT - RIGHT) / columns, (HEIGHT - TOP - BOTTOM) / rows];
  const title = uniqueId('grid');
  const chart = svg('svg', {
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    class: 'qmv-Plot',
    role: 'img',
    'aria-labelledby': title
  });
  chart.append(svg('title', { id: title }, words.__('%1 over %2 and %3', data.label, data.x.name, data.y.name)));
  data.values.forEach((row, j) =>
    row.forEach((value, i) => {
      const [x, y] = [LEFT + i * wide, HEIGHT - BOTTOM - (j + 1) * high];
      chart.append(
        svg('rect', {
          x,
          y,
          width: wide + 0.5,
          height: high + 0.5,
          fill: diverging(value / largest),
          'data-at': `${j},${i}`
        })
      );
    })
  );
  const text = (value: string, at: Record<string, string | number>): void => void chart.append(svg('text', at, value));
  for (const tick of scale(data.x.values, 6, false, true).ticks) {
    const at = spot(data.x.values, tick.value);
    text(tick.label, { x: LEFT + (at + 0.5) * wide, y: HEIGHT - BOTTOM + 18, 'text-anchor': 'middle' });
  }
  for (const tick of scale(data.y.values, 5, false, true).ticks) {
    const at = spot(data.y.values, tick.value);
    text(tick.label, { x: LEFT - 8, y: HEIGHT - BOTTOM - (at + 0.5) * high + 4, 'text-anchor': 'end' });
  }
  text(data.x.name, { x: (LEFT + WIDTH) / 2, y: HEIGHT - 6, 'text-anchor': 'middle', class: 'qmv-Axis-name' });
  text(data.y.name, {
    transform: `translate(14 ${HEIGHT / 2}) rotate(-90)`,
    'text-anchor': 'middle',
    class: 'qmv-Axis-name'
  });
  const bar = html('span', {
    class: 'qmv-Ramp',
    style: `background:linear-gradient(90deg,${[-1, -0.5, 0, 0.5, 1].map(diverging).join(',')})`
  });
  const key = html(
    'div',
    { class: 'qmv-Legend' },
    html('span', {}, data.label),
    html('span', {}, short(-largest), bar, short(largest))
  );
  const table = dataTable(
    words,
    words.__('values'),
    [`${data.y.name} \\ ${data.x.name}`, ...data.x.values.map(short)],
    () => data.values.map((row, j) => [short(data.y.values[j]), ...row.map(exact)])
  );
  frame.replaceChildren(chart, key, table);
  const tip = new Tip(frame);
  chart.addEventListener('pointermove', event => {
    const at = (event.target as Element).getAttribute('data-at');
    if (!at) {
      return tip.hide();
    }
    const [j, i] = at.split(',').map(Number);
    const where = `${data.x.name} = ${short(data.x.values[i])}, ${data.y.name} = ${short(data.y.values[j])}`;
    tip.show([exact(data.values[j][i]), where], event.clientX, event.clientY);
  });
}

/** Returns where a value lies among ascending or descending values, as a place between them. */
function spot(values: readonly number[], value: number): number {
  const [first, last] = [values[0], values[values.length - 1]];
  return last === first ? 0 : ((value - first) / (last - first)) * (values.length - 1);
}
