/**
 * Lines on a canvas (uPlot), that zoom: drag over a stretch, or with the keys + and −; a double click or 0 shows all.
 *
 * However long the lines are, what uPlot gets is thinned to the stretch that is seen, so that 10,000 iterations of
 * several runs zoom smoothly. The page's colours are read when it draws.
 */

import uPlot from 'uplot';
import { html } from '../views/make';
import { minus } from '../views/numbers';
import type { Line } from './lines';
import { gathered } from './gather';

export interface Picture {
  readonly lines: readonly Line[];
  readonly log: boolean;
  /** What the axes are called. */
  readonly across: string;
  readonly up: string;
  /** Whether what lies across is counted. */
  readonly whole: boolean;
  /** For screen readers. */
  readonly title: string;
}

export interface ChartDoors {
  /** The pointer or the keys stand at `x`; null: nowhere. */
  readonly read: (x: number | null) => void;
  /** A place on the x axis was clicked. */
  readonly pick: (x: number) => void;
  /** Whether a stretch is shown, or all. */
  readonly zoomed: (on: boolean) => void;
}

const HEIGHT = 260;
/** Pixels of which the lowest and the highest value are drawn: what many lines cost is their points. */
const [FINE, COARSE] = [2, 6];
/** So few iterations are drawn as points, too. */
const FEW = 16;
/** What ticks lie apart on an axis of whole numbers. */
const WHOLE = Array.from({ length: 12 }, (_, power) => [1, 2, 5].map(one => one * 10 ** power)).flat();
/** A press that moves less than this, in pixels, is a click. */
const STILL = 4;

export class Chart {
  constructor(
    private readonly _element: HTMLElement,
    private readonly _doors: ChartDoors
  ) {
    _element.append(this.node);
    this.node.addEventListener('keydown', event => this._key(event));
    this._sized.observe(this.node);
    this._themed.observe(document.body, { attributeFilter: ['data-jp-theme-light', 'data-jp-theme-name', 'class'] });
  }

  readonly node = html('div', { class: 'qmv-Chart', tabindex: 0, role: 'application' });

  draw(picture: Picture): void {
    const before = this._picture;
    this._picture = picture;
    this.node.setAttribute('aria-label', picture.title);
    const same =
      before &&
      before.log === picture.log &&
      before.across === picture.across &&
      before.up === picture.up &&
      before.lines.length === picture.lines.length &&
      before.lines.every(
        (line, i) => line.label === picture.lines[i].label && Boolean(line.std) === Boolean(picture.lines[i].std)
      );
    if (before && before.across !== picture.across) {
      this._range = null;
    }
    if (!same) {
      this._plot?.destroy();
      this._plot = null;
    }
    this._show();
  }

  /** Shows a stretch of the x axis; null: all. */
  zoom(range: readonly [number, number] | null): void {
    this._range = range;
    this._show();
  }

  dispose(): void {
    this._sized.disconnect();
    this._themed.disconnect();
    this._plot?.destroy();
    this._element.replaceChildren();
  }

  private _show(): void {
    const picture = this._picture;
    const width = this.node.clientWidth;
    this._doors.zoomed(this._range !== null);
    if (!picture || width < 40) {
      return;
    }
    const range = this._range ?? this._all();
    const data = gathered(picture.lines, range, Math.ceil(width / (picture.lines.length > 2 ? COARSE : FINE)));
    if (this._plot) {
      this._plot.batch((plot: uPlot) => {
        plot.setData(data, false);
        plot.setScale('x', { min: range[0], max: range[1] });
      });
    } else {
      this._plot = new uPlot(this._options(picture, width), data, this.node);
      this._plot.setScale('x', { min: range[0], max: range[1] });
      this._listen(this._plot.over);
    }
  }

  private _all(): readonly [number, number] {
    let [low, high] = [Infinity, -Infinity];
    for (const { x } of this._picture?.lines ?? []) {
      if (x.length) {
        [low, high] = [Math.min(low, x[0]), Math.max(high, x[x.length - 1])];
      }
    }
    return low < high ? [low, high] : Number.isFinite(low) ? [low - 0.5, low + 0.5] : [0, 1];
  }

  private _options(picture: Picture, width: number): uPlot.Options {
    const style = getComputedStyle(this.node);
    const colour = (name: string): string => style.getPropertyValue(name).trim() || '#888';
    const font = `12px ${style.fontFamily || 'sans-serif'}`;
    const axis = { stroke: colour('--qmv-soft'), font, labelFont: font, labelSize: 18, ticks: { size: 4, width: 1 } };
    const grid = { stroke: colour('--qmv-line'), width: 1 };
    const series: uPlot.Series[] = [{}];
    const bands: uPlot.Band[] = [];
    for (const line of picture.lines) {
      const stroke = colour(`--qmv-${line.colour % 8}`);
      const dash = line.dashes?.length ? [...line.dashes] : undefined;
      const few = (_: uPlot, __: number, from: number, to: number): boolean => !dash && to - from < FEW;
      const points = { show: few, size: 5, fill: stroke };
      series.push({ stroke, dash, width: line.thick ? 2 : 1.5, spanGaps: true, points });
      if (line.std) {
        const edge = { stroke: 'transparent', width: 0, spanGaps: true, points: { show: false } };
        series.push(edge, edge);
        bands.push({
          series: [series.length - 1, series.length - 2],
          fill: `color-mix(in srgb, ${stroke} 20%, transparent)`
        });
      }
    }
    return {
      width,
      height: HEIGHT,
      series,
      bands,
      legend: { show: false },
      cursor: { points: { show: false }, y: false, drag: { x: true, y: false, setScale: false } },
      scales: { x: { time: false }, y: { distr: picture.log ? 3 : 1 } },
      axes: [
        {
          ...axis,
          grid: { show: false },
          label: picture.across,
          size: 32,
          incrs: picture.whole ? WHOLE : undefined,
          values: (_, ticks) => ticks.map(tickText)
        },
        {
          ...axis,
          grid,
          label: picture.up,
          size: (_, values) => 14 + 7 * Math.max(3, ...(values ?? []).map(one => one?.length ?? 0)),
          values: (_, ticks) => ticks.map(tick => (tick === null ? '' : tickText(tick)))
        }
      ],
      hooks: {
        setSelect: [plot => this._select(plot)],
        setCursor: [
          plot => this._doors.read((plot.cursor.left ?? -1) < 0 ? null : plot.posToVal(plot.cursor.left!, 'x'))
        ]
      }
    };
  }

  private _select(plot: uPlot): void {
    const { left, width } = plot.select;
    if (width > STILL) {
      this._range = [plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x')];
      plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
      this._show();
    }
  }

  private _listen(over: HTMLElement): void {
    let pressed = 0;
    over.addEventListener('mousedown', event => (pressed = event.clientX));
    over.addEventListener('mouseup', event => {
      if (event.button === 0 && Math.abs(event.clientX - pressed) < STILL && this._plot) {
        this._doors.pick(this._plot.posToVal(event.clientX - over.getBoundingClientRect().left, 'x'));
      }
    });
    over.addEventListener('dblclick', () => this.zoom(null));
  }

  /** + and − zoom around the cursor, arrows move it, Enter picks its place, 0 shows all. */
  private _key(event: KeyboardEvent): void {
    const plot = this._plot;
    if (!plot || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const [low, high] = this._range ?? this._all();
    const left = (plot.cursor.left ?? -1) < 0 ? plot.over.clientWidth / 2 : plot.cursor.left!;
    const centre = plot.posToVal(left, 'x');
    const around = (part: number): void => this.zoom([centre - (centre - low) * part, centre + (high - centre) * part]);
    const move = (by: number): void => {
      plot.setCursor({ left: Math.min(plot.over.clientWidth, Math.max(0, left + by)), top: 10 });
    };
    const acts: Record<string, () => void> = {
      '+': () => around(0.5),
      '=': () => around(0.5),
      '-': () => (high - low >= this._all()[1] - this._all()[0] ? this.zoom(null) : around(2)),
      '0': () => this.zoom(null),
      ArrowLeft: () => move(event.shiftKey ? -20 : -4),
      ArrowRight: () => move(event.shiftKey ? 20 : 4),
      Enter: () => this._doors.pick(centre)
    };
    if (acts[event.key]) {
      event.preventDefault();
      event.stopPropagation();
      acts[event.key]();
    }
  }

  private readonly _sized = new ResizeObserver(() => {
    const width = this.node.clientWidth;
    if (this._plot && width >= 40 && width !== this._plot.width) {
      this._plot.setSize({ width, height: HEIGHT });
    }
    this._show();
  });
  /** A theme's colours stand in the plot: it is made anew. */
  private readonly _themed = new MutationObserver(() => {
    this._plot?.destroy();
    this._plot = null;
    window.requestAnimationFrame(() => this._show());
  });
  private _plot: uPlot | null = null;
  private _picture: Picture | null = null;
  private _range: readonly [number, number] | null = null;
}

function tickText(value: number): string {
  const size = Math.abs(value);
  const text =
    size !== 0 && (size < 1e-4 || size >= 1e6) ? value.toExponential(0) : String(Number(value.toPrecision(7)));
  return minus(text).replace(/e[+]?/, 'e').replace('e-', 'e\u2212');
}
