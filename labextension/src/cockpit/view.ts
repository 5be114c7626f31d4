/**
 * The cockpit of a hybrid loop: how it stands, its curve, its numbers, what it has to say, and the buttons that steer it.
 *
 * It shows what it is told, at most ten times a second, and says what it does not know: held, offline, as it stood when
 * the notebook was saved. Of a loop that has ended the picture stays and the buttons go.
 */

import { dataTable } from '../views/datatable';
import { button, html, setText } from '../views/make';
import { grouped, short } from '../views/numbers';
import { wordsOf, type View, type ViewOptions, type Words } from '../views/view';
import { Chart } from './chart';
import { Controls, type Doors } from './controls';
import { figures, measured } from './figures';
import { Head, put } from './head';
import { drawHeatmap } from './heatmap';
import { Landscape, type LandscapeDoors } from './landscape';
import { answer, linesOf, nameOf, type Across, type Line } from './lines';
import { Overlays } from './overlays';
import { pick } from './pick';
import type { Track } from './track';
import { acrossChoices, acrossWord, phaseOf, shownChoices, type Shown } from './words';

export interface CockpitData {
  /** The loop itself, then those that are laid over it. */
  readonly tracks: readonly Track[];
  /** "stored": nobody can be asked; this is what was last known. */
  readonly connection: 'online' | 'connecting' | 'offline' | 'stored';
  /** Why it is offline, in a sentence. */
  readonly trouble?: string;
  /** Other loops that can be laid over this one: id and name. */
  readonly others?: readonly (readonly [string, string])[];
  /** The plane around one of its points, where somebody has asked for it. */
  readonly landscape?: Track;
}

export interface CockpitOptions extends ViewOptions, Doors, LandscapeDoors {
  /** Lays another loop over this one, or takes it away. */
  readonly overlay?: (id: string, on: boolean) => void;
  /** The parameters are looked at, or no more: they are not sent otherwise. */
  readonly watchPoints?: (on: boolean) => void;
}

const SHORTEST = 100;
const MOST_NOTES = 5;

export function mountCockpit(element: HTMLElement, data: CockpitData, options: CockpitOptions = {}): View<CockpitData> {
  return new Cockpit(element, data, options);
}

class Cockpit implements View<CockpitData> {
  constructor(
    private readonly _element: HTMLElement,
    private _data: CockpitData,
    private readonly _options: CockpitOptions
  ) {
    const words = (this._words = wordsOf(_options));
    this._controls = new Controls(_options, trouble => this._complain(trouble), { words });
    this._head = new Head(words);
    this._overlays = new Overlays(_options.overlay, words);
    this._landscape = new Landscape(_options, words);
    this._reset = button(words.__('Show all'), () => this._chart.zoom(null), { hidden: true });
    this._hint =
      _options.fork || _options.landscape
        ? words.__('Drag over the curve to zoom; click to pick an iteration.')
        : words.__('Drag over the curve to zoom.');
    this._fillTools();
    const table = dataTable(
      words,
      words.__('Iterations as a table'),
      [words.__('Iteration'), words.__('Value'), words.__('Evaluations'), words.__('Shots'), words.__('Seconds')],
      () => this._table()
    );
    this._node = html(
      'section',
      { class: 'qmv qmv-Card qmv-Loop' },
      this._head.node,
      this._failure,
      this._controls.node,
      this._figures,
      this._tools,
      this._place,
      this._heat,
      this._landscape.node,
      this._legend,
      this._reading,
      this._overlays.node,
      this._notes,
      table
    );
    _element.replaceChildren(this._node);
    this._chart = new Chart(this._place, {
      read: x => this._read(x),
      pick: x => this._pick(x),
      zoomed: on => (this._reset.hidden = !on)
    });
    this._read(null);
    this._draw();
  }

  update(data: CockpitData): void {
    this._data = data;
    if (!this._waiting) {
      this._waiting = window.setTimeout(() => this._draw(), Math.max(0, this._drawnAt + SHORTEST - Date.now()));
    }
  }

  dispose(): void {
    window.clearTimeout(this._waiting);
    this._chart.dispose();
    if (this._watching) {
      this._options.watchPoints?.(false);
    }
    this._element.replaceChildren();
  }

  private get _track(): Track {
    return this._data.tracks[0];
  }

  private _fillTools(): void {
    const words = this._words;
    const log = html('input', { type: 'checkbox' });
    log.addEventListener('change', () => {
      this._log = log.checked;
      this._draw();
    });
    this._logBox.append(log, words.__('log scale'));
    const picker = <T extends string>(
      label: string,
      values: readonly (readonly [T, string])[],
      set: (value: T) => void
    ): HTMLElement =>
      pick(label, values, value => {
        set(value);
        this._draw();
      });
    this._against = picker(words.__('against'), acrossChoices(words), value => (this._across = value));
    this._tools.append(
      picker(words.__('Show'), shownChoices(words, this._landscape.offered), value => (this._shown = value)),
      this._against,
      this._logBox,
      this._reset
    );
  }

  private _draw(): void {
    window.clearTimeout(this._waiting);
    this._waiting = 0;
    this._drawnAt = Date.now();
    const { _track: track, _words: words } = this;
    const { connection, trouble } = this._data;
    const stale = !track.ended && connection !== 'online';
    this._node.dataset.phase = phaseOf(track);
    this._node.dataset.status = track.status;
    this._node.classList.toggle('qmv-mod-stale', stale);
    this._node.setAttribute('aria-label', words.__('Loop %1', track.name || track.id));
    const pending = track.ended ? '' : this._controls.pending(track.state.obeyed);
    this._head.show(track, { pending, connection, trouble: trouble ?? '', stale });
    const online = connection === 'online';
    this._controls.show({ state: track.state, ended: track.ended, online, picked: this._picked });
    this._fill();
    this._watch(['parameters', 'heat map', 'landscape'].includes(this._shown));
    this._picture();
    const notes = track.notes.slice(-MOST_NOTES).map(one => words.__('Iteration %1: %2', one.iteration, one.text));
    if (notes.join('\n') !== this._notes.dataset.shown) {
      this._notes.dataset.shown = notes.join('\n');
      this._notes.replaceChildren(...notes.map(note => html('p', { class: 'qmv-Note' }, note)));
    }
    this._overlays.show(this._data.others ?? [], new Set(this._data.tracks.slice(1).map(one => one.id)));
  }

  private _fill(): void {
    const found = figures(this._track, this._words);
    const state = JSON.stringify(found);
    if (state !== this._figures.dataset.shown) {
      this._figures.dataset.shown = state;
      this._figures.replaceChildren(
        ...found.map(([name, value]) => html('div', {}, html('dt', {}, name), html('dd', {}, value)))
      );
    }
  }

  private _picture(): void {
    const { _words: words, _shown: shown, _across: across } = this;
    const { tracks, landscape, connection } = this._data;
    const flat = shown === 'heat map' || shown === 'landscape';
    const log = this._log && shown !== 'parameters'; // angles have signs
    this._heat.hidden = shown !== 'heat map';
    this._landscape.node.hidden = shown !== 'landscape';
    const none = tracks.every(track => track.size === 0);
    this._tools.hidden = none && !flat;
    this._place.hidden = flat || none;
    this._legend.hidden = this._against.hidden = flat;
    this._reading.hidden = flat || none;
    this._logBox.hidden = flat || shown === 'parameters';
    if (shown === 'heat map') {
      drawHeatmap(this._heat, this._track, words);
      return;
    }
    if (shown === 'landscape') {
      this._landscape.draw(landscape ?? null, this._track, this._picked, connection === 'online');
      return;
    }
    const shots = tracks.some(track => track.state.spent_shots > 0);
    this._against.querySelector<HTMLOptionElement>('option[value="shots"]')!.hidden = !shots;
    const lines = linesOf(tracks, across, shown, log, words);
    const from =
      answer(tracks) === null ? words.__('above the lowest seen') : words.__('distance from the exact answer');
    const up = log && shown === 'value' ? from : nameOf(shown, words);
    const empty = none || !lines.some(line => line.y.some(Number.isFinite));
    const title = words.__('%1 against %2, %3 iterations', up, acrossWord(across, words), grouped(this._track.size));
    this._chart.draw({ lines, log, across: acrossWord(across, words), whole: across !== 'seconds', up, title });
    const nothing = this._track.size
      ? words.__('This loop does not tell its %1.', nameOf(shown, words))
      : words.__('No iteration has ended yet.');
    const items = empty
      ? [html('span', {}, nothing)]
      : inOrder(lines, shown).map(line =>
          html(
            'span',
            { class: 'qmv-Legend-item' },
            html('span', {
              class: `qmv-Loop-key qmv-key${line.colour % 8}${line.dashes?.length ? ' qmv-mod-dashed' : ''}`
            }),
            line.label
          )
        );
    this._legend.replaceChildren(...items);
  }

  /** Says what stands where the pointer or the keys are. */
  private _read(x: number | null): void {
    const words = this._words;
    if (x === null) {
      setText(this._reading, this._picked ? words.__('Iteration %1 is picked.', grouped(this._picked)) : this._hint);
      return;
    }
    const told = this._data.tracks.map(track => {
      const place = track.nearest(this._across, x);
      if (place < 0) {
        return '';
      }
      const at = words.__('iteration %1', grouped(track.columns.iteration[place]));
      const value = measured(track.columns.value[place], track.columns.std[place]);
      const name = this._data.tracks.length > 1 ? `${track.name || track.id}, ` : '';
      const lowest = words.__('lowest so far %1', short(track.lowest[place]));
      return `${name}${at}: ${value}, ${lowest}`;
    });
    setText(this._reading, told.filter(Boolean).join(' · '));
  }

  private _pick(x: number): void {
    const place = this._track.nearest(this._across, x);
    this._picked = place < 0 ? 0 : this._track.columns.iteration[place];
    this._read(null);
    this._draw();
  }

  private _watch(on: boolean): void {
    if (on !== this._watching) {
      this._watching = on;
      this._options.watchPoints?.(on);
    }
  }

  private _complain(trouble: string): void {
    put(this._failure, trouble);
    this._draw();
  }

  private _table(): string[][] {
    const { columns } = this._track;
    return columns.iteration.map((iteration, i) => [
      grouped(iteration),
      measured(columns.value[i], columns.std[i]),
      grouped(columns.evaluations[i]),
      grouped(columns.shots[i]),
      short(columns.seconds[i])
    ]);
  }

  private readonly _words: Words;
  private readonly _node: HTMLElement;
  private readonly _chart: Chart;
  private readonly _controls: Controls;
  private readonly _reset: HTMLButtonElement;
  private readonly _head: Head;
  private readonly _failure = html('div', { class: 'qmv-Card-error', role: 'alert', hidden: true });
  private readonly _figures = html('dl', { class: 'qmv-Loop-figures' });
  private readonly _tools = html('div', { class: 'qmv-Tools' });
  private readonly _hint: string;
  private readonly _logBox = html('label', { class: 'qmv-Check' });
  private readonly _place = html('div', { class: 'qmv-Loop-place' });
  private readonly _heat = html('div', { hidden: true });
  private readonly _legend = html('div', { class: 'qmv-Loop-legend' });
  private readonly _reading = html('div', { class: 'qmv-Loop-reading' });
  private readonly _overlays: Overlays;
  private readonly _landscape: Landscape;
  private _against!: HTMLElement;
  private readonly _notes = html('div', { class: 'qmv-Loop-notes' });
  private _shown: Shown = 'value';
  private _across: Across = 'iteration';
  private _log = false;
  private _picked = 0;
  private _watching = false;
  private _waiting = 0;
  private _drawnAt = 0;
}

/** Returns lines as the legend names them: the value before what lies below it. */
function inOrder(lines: readonly Line[], shown: Shown): readonly Line[] {
  return shown === 'value' ? [...lines].sort((a, b) => a.colour - b.colour) : lines;
}
