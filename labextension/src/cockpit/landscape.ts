/**
 * The landscape around a point of a loop: values in a plane as colours, with the way of the loop in that plane.
 *
 * It is a loop of its own, whose iterations are the points of a grid, row by row. Where its plane lies follows from the
 * first points of its first and second row.
 */

import { button, html, setText, svg } from '../views/make';
import { grouped, short } from '../views/numbers';
import type { Words } from '../views/view';
import type { Track } from './track';
import { phaseOf, waitsLine } from './words';

/** Where a landscape comes from, and how it is ended. */
export interface LandscapeDoors {
  /** Computes it around an iteration of the loop. */
  readonly landscape?: (iteration: number) => Promise<void>;
  readonly endLandscape?: () => Promise<void>;
}

const SIDE = 300;
/** Low to high: dark to light in steps that the eye takes for equal (viridis). */
const COLOURS = [
  [68, 1, 84],
  [59, 82, 139],
  [33, 145, 140],
  [94, 201, 98],
  [253, 231, 37]
];

export class Landscape {
  constructor(
    private readonly _doors: LandscapeDoors,
    private readonly _words: Words
  ) {
    this._compute = button('', () => void this._try(() => _doors.landscape!(this._around)));
    this._end = button(
      _words.__('Cancel'),
      () =>
        void this._try(async () => {
          await _doors.endLandscape?.();
        }),
      { class: 'qmv-Button qmv-mod-cancel' }
    );
    this._picture.append(this._cells, this._way, this._here);
    this.node.append(
      html('div', { class: 'qmv-Tools' }, this._compute, this._end, this._told),
      this._trouble,
      this._picture,
      this._note
    );
  }

  readonly node = html('div', { class: 'qmv-Loop-landscape', hidden: true });

  /** Whether there can be one. */
  get offered(): boolean {
    return this._doors.landscape !== undefined;
  }

  /** Shows what is there of `land`, and the way of `loop` on it. */
  draw(land: Track | null, loop: Track, picked: number, online: boolean): void {
    const words = this._words;
    this._around = picked || loop.last;
    setText(this._compute, words.__('Compute around iteration %1', grouped(this._around)));
    this._compute.disabled = !online || this._busy || this._around === 0 || (land !== null && !land.ended);
    this._end.hidden = land === null || land.ended;
    const size = land ? Math.floor(Math.sqrt(land.state.maxiter)) : 0;
    const done = Math.min(land?.size ?? 0, size * size);
    const some = words.__('%1 of %2 points', grouped(done), grouped(size * size));
    const waits = land && phaseOf(land) === 'waiting' ? waitsLine(land, words) : '';
    const how = land && done < size * size ? waits || some : '';
    setText(this._told, how);
    setText(this._trouble, this._failure || (land?.data.error ?? ''));
    this._trouble.hidden = this._trouble.textContent === '';
    this._picture.toggleAttribute('hidden', !land || done === 0);
    if (!land || done === 0) {
      const nothing = words.__(
        'The values in the plane in which the loop has moved most. They are computed aside: the loop goes on as ever.'
      );
      setText(this._note, land ? '' : nothing);
      return;
    }
    this._colour(land.columns.value, size, done);
    this._trace(land, loop, size);
  }

  private _colour(values: readonly number[], size: number, done: number): void {
    const seen = values.slice(0, done);
    const [low, high] = [Math.min(...seen), Math.max(...seen)];
    const shown = `${size} ${done} ${low} ${high}`;
    if (shown === this._shown) {
      return;
    }
    this._shown = shown;
    const side = SIDE / size;
    this._cells.replaceChildren(
      ...seen.map((value, i) =>
        svg('rect', {
          x: (i % size) * side,
          y: SIDE - (Math.floor(i / size) + 1) * side,
          width: side + 0.5, // no seams
          height: side + 0.5,
          fill: tint(high > low ? (value - low) / (high - low) : 0)
        })
      )
    );
    const words = this._words;
    this._range = words.__('Dark: %1, light: %2.', short(low), short(high));
    this._picture.setAttribute('aria-label', words.__('Landscape: values from %1 to %2', short(low), short(high)));
  }

  /** Draws the loop's points in the plane, as far as they and the plane are known. */
  private _trace(land: Track, loop: Track, size: number): void {
    const words = this._words;
    const plane = planeOf(land, size);
    const middle = SIDE / 2;
    this._here.setAttribute('cx', String(middle));
    this._here.setAttribute('cy', String(middle));
    if (!plane) {
      this._way.setAttribute('points', '');
      setText(this._note, this._range);
      return;
    }
    const at = ([a, b]: readonly [number, number]): string =>
      `${(((a + 0.5) * SIDE) / size).toFixed(1)},${(SIDE - ((b + 0.5) * SIDE) / size).toFixed(1)}`;
    this._way.setAttribute('points', loop.points.x.map(point => at(place(plane, point))).join(' '));
    const span = String(Number(plane.reach.toPrecision(2)));
    setText(
      this._note,
      `${this._range} ${words.__('The line is the way of the loop, the ring where the plane was taken. Each side is %1 long.', span)}`
    );
  }

  private async _try(act: () => Promise<void>): Promise<void> {
    this._busy = true;
    this._compute.disabled = true;
    this._failure = '';
    try {
      await act();
    } catch (error) {
      this._failure = error instanceof Error ? error.message : String(error);
    }
    this._busy = false;
    this._compute.disabled = false;
    setText(this._trouble, this._failure);
    this._trouble.hidden = this._failure === '';
  }

  private readonly _compute: HTMLButtonElement;
  private readonly _end: HTMLButtonElement;
  private readonly _told = html('span', { class: 'qmv-soft', role: 'status' });
  private readonly _trouble = html('div', { class: 'qmv-Card-error', role: 'alert', hidden: true });
  private readonly _note = html('p', { class: 'qmv-Note' });
  private readonly _cells = svg('g', {});
  private readonly _way = svg('polyline', { class: 'qmv-Way', fill: 'none' });
  private readonly _here = svg('circle', { class: 'qmv-Way', r: 6, fill: 'none' });
  private readonly _picture = svg('svg', { viewBox: `0 0 ${SIDE} ${SIDE}`, role: 'img', class: 'qmv-Landscape' });
  private _around = 0;
  private _busy = false;
  private _failure = '';
  private _shown = '';
  private _range = '';
}

/** A plane in parameter space: its first point, and a step of the grid in each direction. */
export interface Plane {
  readonly corner: readonly number[];
  readonly across: readonly number[];
  readonly up: readonly number[];
  /** How long a side is. */
  readonly reach: number;
}

/** Returns the plane of a landscape; null where too little of it is known. */
export function planeOf(land: Track, size: number): Plane | null {
  const [corner, next, above] = [land.points.x[0], land.points.x[1], land.points.x[size]];
  if (!corner || !next || !above) {
    return null;
  }
  const across = next.map((value, k) => value - corner[k]);
  return { corner, across, up: above.map((value, k) => value - corner[k]), reach: Math.hypot(...across) * (size - 1) };
}

/** Returns where a point lies in a plane, in steps of the grid: at right angles below it. */
export function place(plane: Plane, point: readonly number[]): readonly [number, number] {
  const along = (direction: readonly number[]): number => {
    const length = direction.reduce((sum, one) => sum + one * one, 0);
    return point.reduce((sum, one, k) => sum + (one - plane.corner[k]) * direction[k], 0) / length;
  };
  return [along(plane.across), along(plane.up)];
}

function tint(part: number): string {
  const at = part * (COLOURS.length - 1);
  const below = Math.min(COLOURS.length - 2, Math.floor(at));
  const mixed = COLOURS[below].map((one, k) => Math.round(one + (COLOURS[below + 1][k] - one) * (at - below)));
  return `rgb(${mixed.join(' ')})`;
}
