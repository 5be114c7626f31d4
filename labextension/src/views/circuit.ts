/**
 * A circuit that stays quick at any size: only what is visible is drawn.
 *
 * The canvas scrolls inside its frame; wheel with Ctrl (or ⌘) and the buttons zoom, dragging pans, and the names of the
 * wires stay in place. Arrow keys scroll as in any box that can be scrolled.
 */

import { drawOperation } from './gates';
import { layout, readDrawing, ROW, visibleLayers, type Drawing, type Layout } from './drawing';
import { button, html, setText, svg } from './make';
import { grouped } from './numbers';
import { wordsOf, type View, type ViewOptions, type Words } from './view';

const [SMALLEST, LARGEST] = [0.2, 2];
/** Below this zoom texts are too small to read. */
const PLAIN = 0.45;
/** Pixels around what is visible that are drawn too. */
const MARGIN = 200;
const TALLEST = 480;

const NOTHING: Layout = { placed: [], edges: [0], names: [] };

/** Mounts a circuit; `data` is the answer of the server's `draw`. */
export function mountCircuit(element: HTMLElement, data: unknown, options: ViewOptions = {}): View<unknown> {
  const view = new Circuit(element, wordsOf(options));
  view.update(data);
  return view;
}

class Circuit implements View<unknown> {
  constructor(
    private readonly _element: HTMLElement,
    private readonly _words: Words
  ) {
    const zoomIn = button('+', () => this._zoomBy(1.25), {
      'aria-label': _words.__('zoom in'),
      class: 'qmv-Button qmv-mod-icon'
    });
    const zoomOut = button('\u2212', () => this._zoomBy(0.8), {
      'aria-label': _words.__('zoom out'),
      class: 'qmv-Button qmv-mod-icon'
    });
    const fit = button(_words.__('Fit'), () => this._fit());
    this._tools = html(
      'div',
      { class: 'qmv-Tools' },
      html('div', { class: 'qmv-Choice' }, zoomOut, zoomIn, fit),
      this._facts
    );
    this._view = html('div', {
      class: 'qmv-Circuit-view',
      tabindex: 0,
      role: 'group',
      'aria-label': _words.__('circuit')
    });
    this._view.append(this._names, this._canvas);
    this._frame = html('div', { class: 'qmv qmv-Circuit' }, this._tools, this._view, this._note);
    _element.replaceChildren(this._frame);
    this._view.addEventListener('scroll', () => this._later());
    this._view.addEventListener('wheel', event => this._wheel(event), { passive: false });
    this._view.addEventListener('pointerdown', event => this._drag(event));
    this._watch?.observe(this._view);
  }

  update(data: unknown): void {
    this._data = readDrawing(data);
    this._canvas.replaceChildren();
    this._layout = NOTHING;
    const { _data: drawing, _words: words } = this;
    this._view.hidden = this._tools.hidden = !drawing || drawing.layers.length === 0;
    if (!drawing) {
      setText(this._note, words.__('This circuit cannot be drawn.'));
      return;
    }
    this._layout = layout(drawing);
    const qubits = drawing.qubits.length;
    setText(
      this._facts,
      `${qubits === 1 ? words.__('1 qubit') : words.__('%1 qubits', qubits)} · ${words.__('%1 operations', grouped(drawing.operations))} · ${words.__('depth %1', drawing.layers.length)}`
    );
    setText(this._note, drawing.layers.length === 0 ? words.__('This circuit is empty.') : limits(drawing, words));
    this._zoom = qubits > 24 ? 0.7 : 1;
    this._size();
  }

  dispose(): void {
    this._watch?.disconnect();
    cancelAnimationFrame(this._frameNumber);
    this._element.replaceChildren();
  }

  /** Brings the whole circuit into view, as far as the smallest zoom allows. */
  private _fit(): void {
    const room = this._view.clientWidth - this._nameWidth - 24;
    this._setZoom(Math.min(room / this._width, (TALLEST - 16) / (this._layout.names.length * ROW), 1));
    this._view.scrollTo(0, 0);
  }

  private _zoomBy(factor: number, x = this._view.clientWidth / 2, y = this._view.clientHeight / 2): void {
    const before = this._zoom;
    const [left, top] = [this._view.scrollLeft + x - this._nameWidth, this._view.scrollTop + y];
    this._setZoom(this._zoom * factor);
    const ratio = this._zoom / before;
    this._view.scrollTo(left * ratio - x + this._nameWidth, top * ratio - y);
  }

  private _setZoom(zoom: number): void {
    this._zoom = Math.min(LARGEST, Math.max(SMALLEST, zoom));
    this._size();
  }

  private _size(): void {
    if (!this._data) {
      return;
    }
    const { _zoom: zoom } = this;
    const { names } = this._layout;
    this._nameWidth = Math.min(120, 14 + 7 * Math.max(...names.map(name => name.length), 1));
    this._width = this._layout.edges[this._layout.edges.length - 1] + 20;
    const high = this._layout.names.length * ROW;
    for (const [node, width] of [
      [this._names, this._nameWidth],
      [this._canvas, this._width * zoom]
    ] as const) {
      node.setAttribute('width', String(Math.ceil(width)));
      node.setAttribute('height', String(Math.ceil(high * zoom)));
    }
    this._canvas.setAttribute('viewBox', `0 0 ${this._width} ${high}`);
    this._view.style.height = `${Math.min(TALLEST, Math.ceil(high * zoom) + 18)}px`;
    this._names.replaceChildren(...(ROW * zoom >= 9 ? names.map((name, i) => this._name(name, i)) : []));
    const plain = zoom < PLAIN;
    if (plain !== this._plain || this._canvas.childElementCount === 0) {
      this._plain = plain;
      this._made.clear();
      this._shown.clear();
      this._canvas.replaceChildren(this._wires());
    }
    this._draw();
  }

  private _name(name: string, wire: number): SVGElement {
    const size = Math.min(12, Math.max(8, ROW * this._zoom * 0.6));
    const y = (wire * ROW + ROW / 2) * this._zoom + size * 0.35;
    const shown = name.length > 15 ? `${name.slice(0, 14)}…` : name;
    const text = svg('text', { x: this._nameWidth - 8, y, 'text-anchor': 'end', 'font-size': size }, shown);
    text.append(svg('title', {}, name));
    return text;
  }

  private _later(): void {
    cancelAnimationFrame(this._frameNumber);
    this._frameNumber = requestAnimationFrame(() => this._draw());
  }

  /** Attaches the layers that are visible, and takes those away that are no more; each is made once. */
  private _draw(): void {
    const { _layout: found, _zoom: zoom, _view: view } = this;
    if (found.placed.length === 0) {
      return;
    }
    const from = (view.scrollLeft - MARGIN) / zoom;
    const to = (view.scrollLeft + (view.clientWidth || 800) + MARGIN) / zoom;
    const [first, last] = visibleLayers(found.edges, from, to);
    for (const [layer, group] of this._shown) {
      if (layer < first || layer > last) {
        group.remove();
        this._shown.delete(layer);
      }
    }
    for (let layer = first; layer <= last; layer++) {
      if (!this._shown.has(layer)) {
        let group = this._made.get(layer);
        if (!group) {
          group = svg('g', {}, ...found.placed[layer].map(placed => drawOperation(placed, zoom < PLAIN)));
          this._made.set(layer, group);
        }
        this._shown.set(layer, group);
        this._canvas.append(group);
      }
    }
  }

  private _wires(): SVGElement {
    const quantum = this._data?.qubits.length ?? 0;
    const group = svg('g');
    this._layout.names.forEach((_, wire) => {
      for (const shift of wire < quantum ? [0] : [-1.5, 1.5]) {
        const y = wire * ROW + ROW / 2 + shift;
        group.append(svg('line', { class: 'qmv-Wire', x1: 0, x2: this._width, y1: y, y2: y }));
      }
    });
    return group;
  }

  private _wheel(event: WheelEvent): void {
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      const box = this._view.getBoundingClientRect();
      this._zoomBy(Math.exp(-event.deltaY / 300), event.clientX - box.left, event.clientY - box.top);
    }
  }

  private _drag(event: PointerEvent): void {
    if (event.button !== 0 || event.pointerType !== 'mouse' || event.target === this._view) {
      return;
    }
    const { _view: view } = this;
    const [x, y] = [event.clientX + view.scrollLeft, event.clientY + view.scrollTop];
    view.setPointerCapture(event.pointerId);
    view.classList.add('qmv-mod-dragged');
    const move = (now: PointerEvent): void => view.scrollTo(x - now.clientX, y - now.clientY);
    const end = (): void => {
      view.classList.remove('qmv-mod-dragged');
      view.removeEventListener('pointermove', move);
      view.removeEventListener('pointerup', end);
      view.removeEventListener('pointercancel', end);
    };
    view.addEventListener('pointermove', move);
    view.addEventListener('pointerup', end);
    view.addEventListener('pointercancel', end);
  }

  private readonly _frame: HTMLElement;
  private readonly _tools: HTMLElement;
  private readonly _view: HTMLElement;
  private readonly _facts = html('span', { class: 'qmv-soft' });
  private readonly _note = html('div', { class: 'qmv-Note' });
  private readonly _names = svg('svg', { class: 'qmv-Names', 'aria-hidden': 'true' });
  private readonly _canvas = svg('svg', { class: 'qmv-Canvas', 'aria-hidden': 'true' });
  private readonly _watch = typeof ResizeObserver === 'undefined' ? null : new ResizeObserver(() => this._later());
  private _data: Drawing | null = null;
  private _layout: Layout = NOTHING;
  private _zoom = 1;
  private _width = 0;
  private _nameWidth = 0;
  private _frameNumber = 0;
  /** Layers that were made, and those of them that are attached. */
  private readonly _made = new Map<number, SVGElement>();
  private readonly _shown = new Map<number, SVGElement>();
  private _plain = false;
}

function limits(drawing: Drawing, words: Words): string {
  const shown = drawing.operations - drawing.truncated;
  return drawing.truncated
    ? words.__('Drawn are the first %1 of %2 operations.', grouped(shown), grouped(drawing.operations))
    : '';
}
