/** A sweep as lines with error bands: hover and arrow keys read a point, and a table has all of them. */

import { place, scale, type Scale } from './axis';
import type { Sweep } from './bundle';
import { dataTable } from './datatable';
import { html, svg } from './make';
import { exact, percent, short, withError } from './numbers';
import { Tip } from './tip';
import { uniqueId, wordsOf, type View, type ViewOptions, type Words } from './view';

const [WIDTH, HEIGHT] = [620, 300];
const [LEFT, RIGHT, TOP, BOTTOM] = [58, 16, 12, 44];

export function mountSweep(element: HTMLElement, data: Sweep, options: ViewOptions = {}): View<Sweep> {
  const frame = html('div', { class: 'qmv qmv-Sweep' });
  element.replaceChildren(frame);
  const words = wordsOf(options);
  const update = (now: Sweep): void => draw(frame, now, words);
  update(data);
  return { update, dispose: () => element.replaceChildren() };
}

function draw(frame: HTMLElement, data: Sweep, words: Words): void {
  const x = scale(data.x, 6, false, data.axis !== 'point');
  const y = roomy(data.curves.flatMap(curve => [...curve.low, ...curve.high]));
  const px = (value: number): number => LEFT + place(x, value) * (WIDTH - LEFT - RIGHT);
  const py = (value: number): number => HEIGHT - BOTTOM - place(y, value) * (HEIGHT - TOP - BOTTOM);
  const title = uniqueId('sweep');
  const label = words.__(
    '%1 over %2, %3 points',
    data.curves.map(curve => curve.label).join(', '),
    data.axis,
    data.x.length
  );
  const chart = svg('svg', {
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    class: 'qmv-Plot',
    role: 'img',
    'aria-labelledby': title,
    tabindex: 0
  });
  chart.append(svg('title', { id: title }, label), axes(x, y, px, py, data));
  const hasBand = data.curves.some(curve => curve.low.some((low, i) => curve.high[i] > low));
  data.curves.forEach((curve, n) => {
    const at = (values: readonly number[]): string[] =>
      values.map((value, i) => `${px(data.x[i]).toFixed(1)},${py(value).toFixed(1)}`);
    if (hasBand) {
      chart.append(
        svg('polygon', {
          class: `qmv-Band qmv-fill${n}`,
          points: [...at(curve.high), ...at(curve.low).reverse()].join(' ')
        })
      );
    }
    chart.append(svg('polyline', { class: `qmv-Line qmv-stroke${n}`, points: at(curve.values).join(' ') }));
    if (data.x.length <= 60) {
      curve.values.forEach((value, i) =>
        chart.append(
          svg('circle', { class: `qmv-fill${n}`, cx: px(data.x[i]), cy: py(value), r: data.x.length <= 30 ? 3 : 2 })
        )
      );
    }
  });
  const cursor = svg('line', { class: 'qmv-Cursor', y1: TOP, y2: HEIGHT - BOTTOM, visibility: 'hidden' });
  chart.append(cursor);
  const told = (i: number): string[] => [
    `${data.axis} = ${short(data.x[i])}`,
    ...data.curves.map(curve => `${curve.label}: ${reading(data, curve, i)}`)
  ];
  frame.replaceChildren(chart, legend(data), html('div', { class: 'qmv-Note' }, notes(data, hasBand, words)));
  frame.append(
    dataTable(words, words.__('values'), [data.axis, ...data.curves.map(curve => curve.label)], () =>
      data.x.map((value, i) => [short(value), ...data.curves.map(curve => reading(data, curve, i))])
    )
  );
  const tip = new Tip(frame);
  let chosen = -1;
  const show = (i: number): void => {
    chosen = Math.min(Math.max(0, i), data.x.length - 1);
    const at = px(data.x[chosen]);
    cursor.setAttribute('x1', String(at));
    cursor.setAttribute('x2', String(at));
    cursor.setAttribute('visibility', 'visible');
    const box = chart.getBoundingClientRect();
    tip.show(told(chosen), box.left + (at / WIDTH) * box.width, box.top + box.height * 0.25);
  };
  const hide = (): void => {
    cursor.setAttribute('visibility', 'hidden');
    tip.hide();
  };
  chart.addEventListener('pointermove', event => {
    const box = chart.getBoundingClientRect();
    const at = ((event.clientX - box.left) / box.width) * WIDTH;
    show(nearest(data.x.map(px), at));
  });
  chart.addEventListener('pointerleave', hide);
  chart.addEventListener('blur', hide);
  chart.addEventListener('keydown', event => {
    if (event.key === 'ArrowRight' || event.key === 'ArrowLeft') {
      event.preventDefault();
      event.stopPropagation();
      show(chosen + (event.key === 'ArrowRight' ? 1 : -1));
    }
  });
}

/** Returns an axis that ends on ticks, unless that would leave much of it empty. */
function roomy(values: readonly number[]): Scale {
  const round = scale(values, 5);
  const finite = values.filter(Number.isFinite);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  if (high <= low || round.high - round.low <= 1.2 * (high - low)) {
    return round;
  }
  const pad = 0.04 * (high - low);
  return scale([low - pad, high + pad], 5, false);
}

function axes(x: Scale, y: Scale, px: (v: number) => number, py: (v: number) => number, data: Sweep): SVGElement {
  const [left, right, bottom] = [LEFT, WIDTH - RIGHT, HEIGHT - BOTTOM];
  const group = svg('g', { class: 'qmv-Axes', 'aria-hidden': 'true' });
  for (const tick of y.ticks) {
    const at = py(tick.value);
    group.append(
      svg('line', { class: tick.value === 0 ? 'qmv-Zero' : 'qmv-GridLine', x1: left, x2: right, y1: at, y2: at })
    );
    group.append(svg('text', { x: left - 8, y: at + 4, 'text-anchor': 'end' }, tick.label));
  }
  for (const tick of x.ticks) {
    const at = px(tick.value);
    group.append(svg('line', { class: 'qmv-Tick', x1: at, x2: at, y1: bottom, y2: bottom + 5 }));
    group.append(svg('text', { x: at, y: bottom + 18, 'text-anchor': 'middle' }, tick.label));
  }
  group.append(
    svg('text', { x: (left + right) / 2, y: HEIGHT - 6, 'text-anchor': 'middle', class: 'qmv-Axis-name' }, data.axis)
  );
  group.append(
    svg(
      'text',
      { transform: `translate(14 ${(TOP + bottom) / 2}) rotate(-90)`, 'text-anchor': 'middle', class: 'qmv-Axis-name' },
      data.y
    )
  );
  return group;
}

function legend(data: Sweep): HTMLElement {
  const box = html('div', { class: 'qmv-Legend' });
  if (data.curves.length > 1) {
    data.curves.forEach((curve, n) => {
      const sign = svg(
        'svg',
        { width: 26, height: 10, 'aria-hidden': 'true' },
        svg('line', { class: `qmv-Line qmv-stroke${n}`, x1: 0, x2: 26, y1: 5, y2: 5 })
      );
      box.append(html('span', { title: curve.label }, sign, curve.label));
    });
  }
  return box;
}

function notes(data: Sweep, hasBand: boolean, words: Words): string {
  const { length } = data.curves;
  return [
    data.total > length ? words.__('%1 of %2 curves are drawn; to_dataframe() has all', length, data.total) : '',
    hasBand ? (data.counts ? words.__('band: 95 % Wilson interval') : words.__('band: ± one standard error')) : ''
  ]
    .filter(Boolean)
    .join(' · ');
}

function reading(data: Sweep, curve: Sweep['curves'][number], i: number): string {
  if (data.counts) {
    return percent(curve.values[i]);
  }
  const half = (curve.high[i] - curve.low[i]) / 2;
  return half > 0 ? withError(curve.values[i], half).join(' ± ') : exact(curve.values[i]);
}

function nearest(places: readonly number[], at: number): number {
  let best = 0;
  places.forEach((value, i) => {
    if (Math.abs(value - at) < Math.abs(places[best] - at)) {
      best = i;
    }
  });
  return best;
}
