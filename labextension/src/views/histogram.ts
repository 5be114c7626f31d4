/**
 * Counts as bars, one row for each outcome: a real table, so that labels of any length wrap, numbers can be copied, and
 * a screen reader reads all of it. Whiskers are 95 % Wilson intervals; a second distribution lies under the first.
 */

import { percents, place, type Scale } from './axis';
import { chooseBars, type Bar, type Chosen, type Order } from './bars';
import { bitstring, shortened } from './bitstring';
import type { Counts } from './bundle';
import { choice } from './choice';
import { html } from './make';
import { grouped, percent } from './numbers';
import { Tip } from './tip';
import { wordsOf, type View, type ViewOptions, type Words } from './view';

/** Outcomes up to which all are shown by value, and steps of how many are shown. */
const FEW = 16;
const STEPS = [8, 16, 32];

export function mountHistogram(element: HTMLElement, data: Counts, options: ViewOptions = {}): View<Counts> {
  const view = new Histogram(element, wordsOf(options));
  view.update(data);
  return view;
}

class Histogram implements View<Counts> {
  constructor(
    private readonly _element: HTMLElement,
    private readonly _words: Words
  ) {
    this._frame = html('div', { class: 'qmv qmv-Histogram' });
    this._tip = new Tip(this._frame);
    this._table = html('table', { class: 'qmv-Table qmv-Bars' });
    this._frame.append(this._table, this._note);
    _element.replaceChildren(this._frame);
    this._table.addEventListener('pointermove', event => this._point(event));
  }

  update(data: Counts): void {
    const before = this._data;
    this._data = data;
    if (!before || before.outcomes.length !== data.outcomes.length || before.distinct !== data.distinct) {
      this._order = this._wished ?? (data.distinct > FEW ? 'count' : 'value');
      this._tools?.remove();
      this._tools = this._toolbar();
      if (this._tools) {
        this._frame.prepend(this._tools);
      }
    }
    this._draw();
  }

  dispose(): void {
    this._element.replaceChildren();
  }

  private _toolbar(): HTMLElement | null {
    const { _words: words, _data: data } = this;
    const known = data.outcomes.length;
    if (known < 3) {
      return null;
    }
    const tools = html('div', { class: 'qmv-Tools' });
    const orders = [['value', words.__('value')] as const, ['count', words.__('count')] as const];
    tools.append(
      choice<Order>(words.__('Sort by'), orders, this._order, order => {
        this._order = this._wished = order;
        this._draw();
      })
    );
    if (known > STEPS[0]) {
      const all = data.distinct > known ? words.__('top %1', known) : words.__('all %1', known);
      const steps = [...STEPS.filter(step => step < known), known].map(
        step => [step, step === known ? all : words.__('top %1', step)] as const
      );
      this._most = Math.min(this._wanted, known);
      const start = steps.find(([step]) => step >= this._most)![0];
      tools.append(
        choice<number>(words.__('Show'), steps, start, most => {
          this._most = this._wanted = most;
          this._draw();
        })
      );
      this._most = start;
    } else {
      this._most = known;
    }
    return tools;
  }

  private _draw(): void {
    const { _words: words, _data: data } = this;
    if (data.outcomes.length === 0) {
      this._table.replaceChildren();
      this._note.textContent = data.shots ? '' : words.__('no shots');
      return;
    }
    this._chosen = chooseBars(data, this._order, this._most);
    const tops = this._chosen.bars.map(one => Math.max(one.high, one.other?.high ?? 0));
    const axis = percents(Math.max(...tops));
    const body = html('tbody', {}, ...this._chosen.bars.map((one, i) => this._row(one, i, axis)));
    if (this._chosen.rest) {
      body.append(this._restRow(axis));
    }
    this._table.replaceChildren(this._caption(), this._head(), body, this._foot(axis));
    this._table.classList.toggle('qmv-mod-many', this._chosen.bars.length > FEW);
    this._note.textContent = [registers(data, words), words.__('whiskers: 95 % Wilson interval')].join(' · ');
  }

  private _caption(): HTMLElement {
    const caption = this._words.__(
      'Counts of %1 shots, %2 distinct outcomes',
      grouped(this._data.shots),
      grouped(this._data.distinct)
    );
    return html('caption', { class: 'qmv-hidden' }, caption);
  }

  private _head(): HTMLElement {
    const { _words: words, _data: data } = this;
    // Columns that speak for themselves have names for screen readers alone.
    const cell = (text: string): HTMLElement =>
      html('th', { scope: 'col' }, html('span', { class: 'qmv-hidden' }, text));
    const columns = [words.__('outcome'), words.__('bar'), words.__('count'), words.__('probability, 95 % interval')];
    if (!data.overlay) {
      return html('thead', {}, html('tr', {}, ...columns.map(cell)));
    }
    const [mine, theirs] = [data.name || words.__('this run'), data.overlay.label];
    const key = (series: number, text: string): HTMLElement =>
      html('th', { scope: 'col' }, html('span', { class: `qmv-Swatch qmv-fill${series}` }), text);
    return html('thead', {}, html('tr', {}, cell(columns[0]), cell(columns[1]), key(0, mine), key(1, theirs)));
  }

  private _row(one: Bar, index: number, axis: Scale): HTMLElement {
    const paired = one.other !== null;
    const bars = [bar(one.value, axis, 0), whisker(one.low, one.high, axis, paired ? 0 : -1)];
    if (one.other) {
      bars.push(bar(one.other.value, axis, 1));
      if (one.other.low < one.other.high) {
        bars.push(whisker(one.other.low, one.other.high, axis, 1));
      }
    }
    const numbers = one.other
      ? [percent(one.value), percent(one.other.value)]
      : [grouped(one.count), percent(one.value)];
    return html(
      'tr',
      { 'data-row': index },
      html('th', { scope: 'row' }, bitstring(one.label, widths(this._data))),
      html(
        'td',
        { class: 'qmv-Bar' },
        html('div', { class: paired ? 'qmv-Track qmv-mod-pair' : 'qmv-Track' }, ...grid(axis), ...bars)
      ),
      html('td', {}, numbers[0]),
      html(
        'td',
        { class: paired ? '' : 'qmv-soft' },
        numbers[1],
        html('span', { class: 'qmv-hidden' }, ` (${percent(one.low)} – ${percent(one.high)})`)
      )
    );
  }

  private _restRow(axis: Scale): HTMLElement {
    const rest = this._chosen.rest!;
    const paired = this._data.overlay !== undefined;
    const bars = [bar(rest.value, axis, 0, true), paired ? bar(rest.other, axis, 1, true) : null];
    const numbers = paired ? [percent(rest.value), percent(rest.other)] : [grouped(rest.count), percent(rest.value)];
    return html(
      'tr',
      { 'data-row': 'rest', class: 'qmv-soft' },
      html('th', { scope: 'row' }, this._words.__('%1 others', grouped(rest.outcomes))),
      html(
        'td',
        { class: 'qmv-Bar' },
        html('div', { class: paired ? 'qmv-Track qmv-mod-pair' : 'qmv-Track' }, ...grid(axis), ...bars)
      ),
      html('td', {}, numbers[0]),
      html('td', {}, numbers[1])
    );
  }

  private _foot(axis: Scale): HTMLElement {
    const ticks = axis.ticks.map(tick => html('span', { style: `left:${place(axis, tick.value) * 100}%` }, tick.label));
    const scaleRow = html('div', { class: 'qmv-Ticks', 'aria-hidden': 'true' }, ...ticks);
    return html(
      'tfoot',
      { 'aria-hidden': 'true' },
      html('tr', {}, html('td'), html('td', { class: 'qmv-Bar' }, scaleRow), html('td'), html('td'))
    );
  }

  private _point(event: PointerEvent): void {
    const row = (event.target as Element).closest('tr[data-row]')?.getAttribute('data-row');
    const { _words: words, _data: data } = this;
    if (row === null || row === undefined) {
      this._tip.hide();
      return;
    }
    if (row === 'rest') {
      const rest = this._chosen.rest!;
      this._tip.show(
        [
          words.__('%1 others', grouped(rest.outcomes)),
          words.__('%1 shots together, %2', grouped(rest.count), percent(rest.value))
        ],
        event.clientX,
        event.clientY
      );
      return;
    }
    const one = this._chosen.bars[Number(row)];
    const lines = [
      shortened(one.label, 48),
      words.__('%1 of %2 shots', grouped(one.count), grouped(data.shots)),
      words.__('%1, between %2 and %3', percent(one.value), percent(one.low), percent(one.high))
    ];
    if (one.label.length <= 53) {
      lines.push(words.__('value %1', grouped(parseInt(one.label, 2))));
    }
    if (one.other && data.overlay) {
      lines.push(`${data.overlay.label}: ${percent(one.other.value)}`);
    }
    this._tip.show(lines, event.clientX, event.clientY);
  }

  private readonly _frame: HTMLElement;
  private readonly _table: HTMLTableElement;
  private readonly _note = html('div', { class: 'qmv-Note' });
  private readonly _tip: Tip;
  private _tools: HTMLElement | null = null;
  private _data!: Counts;
  private _chosen!: Chosen;
  private _order: Order = 'value';
  private _most = FEW;
  /** What the user chose; counts that still grow come with new tools now and then. */
  private _wished: Order | null = null;
  private _wanted = FEW;
}

/** Returns a bar; one that is longer than the scale is cut off, and says so. */
function bar(value: number, axis: Scale, series: number, rest = false): HTMLElement {
  const part = place(axis, value);
  const name = `qmv-BarFill qmv-fill${series}${rest ? ' qmv-mod-rest' : ''}${part > 1 ? ' qmv-mod-cut' : ''} qmv-series${series}`;
  return html('div', { class: name, style: `width:${Math.min(1, part) * 100}%` });
}

function whisker(low: number, high: number, axis: Scale, series: number): HTMLElement {
  const [from, to] = [place(axis, low), Math.min(1, place(axis, high))];
  const name = `qmv-Whisker${series < 0 ? '' : ` qmv-series${series}`}`;
  return html('div', { class: name, style: `left:${from * 100}%;width:${(to - from) * 100}%` });
}

function grid(axis: Scale): HTMLElement[] {
  return axis.ticks.map(tick =>
    html('div', { class: 'qmv-GridLine', style: `left:${place(axis, tick.value) * 100}%` })
  );
}

/** Returns the bits of each register, leftmost first. */
function widths(data: Counts): number[] {
  return data.registers.map(one => one[1]).reverse();
}

function registers(data: Counts, words: Words): string {
  if (data.registers.length < 2) {
    return words.__('qubit 0 rightmost');
  }
  const names = [...data.registers].reverse().map(([name, bits]) => `${name}[${bits}]`);
  return words.__('registers %1, qubit 0 rightmost in each', names.join(' '));
}
