/** Which lines a choice of axes means. No DOM. */

import { ENGLISH, type Words } from '../views/view';
import type { Column } from './read';
import type { Track } from './track';

/** What lies along the x axis. */
export type Across = 'iteration' | 'evaluations' | 'shots' | 'seconds';
/** What lies along the y axis. */
export type Up = 'value' | 'gradient_norm' | 'step' | 'parameters';

export interface Line {
  readonly label: string;
  /** Ascending. */
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** Standard errors: a band of one to each side. */
  readonly std?: readonly number[];
  /** Which colour of the palette. */
  readonly colour: number;
  readonly dashes?: readonly number[];
  readonly thick?: boolean;
}

/** At most so many parameters are drawn as lines. */
const MOST_PARAMETERS = 24;

/** Returns the lines of one picture. With `log`, values are shown as their distance from the answer; see `origin`. */
export function linesOf(
  tracks: readonly Track[],
  across: Across,
  up: Up,
  log: boolean,
  words: Words = ENGLISH
): Line[] {
  if (up === 'parameters') {
    return parameterLines(tracks[0], across);
  }
  const several = tracks.length > 1;
  const zero = log && up === 'value' ? origin(tracks) : 0;
  const lines: Line[] = [];
  tracks.forEach((track, run) => {
    const x = track.columns[across];
    const name = several ? track.name || track.id : '';
    const shown = (y: readonly number[]): readonly number[] => (log ? y.map(one => above(one, zero)) : y);
    const label = (what: string): string => (name ? `${name}: ${what}` : what);
    const y = track.columns[up as Column];
    const std = up === 'value' && !log && track.noisy ? track.columns.std : undefined;
    if (up === 'value' && !several && track.lowest.some((lowest, i) => lowest !== y[i])) {
      const what = track.state.biased ? words.__('lowest seen (biased)') : words.__('best so far');
      lines.push({ label: label(what), x, y: shown(track.lowest), colour: 1, dashes: [7, 3] });
    }
    lines.push({ label: several ? name : nameOf(up, words), x, y: shown(y), std, colour: run }); // over the lowest
  });
  const exact = answer(tracks);
  if (up === 'value' && !log && exact !== null) {
    const ends = extent(tracks, across);
    lines.push({ label: words.__('exact answer'), x: ends, y: [exact, exact], colour: 7, dashes: [2, 3], thick: true });
  }
  return lines;
}

/** Returns what a logarithmic axis of values counts from: the exact answer where it is known, else the lowest value. */
export function origin(tracks: readonly Track[]): number {
  return answer(tracks) ?? Math.min(...tracks.map(track => track.lowest.at(-1) ?? Infinity));
}

/** Returns the exact answer of the first run, where it is known. */
export function answer(tracks: readonly Track[]): number | null {
  return tracks[0]?.data.exact ?? null;
}

export function nameOf(up: Up, words: Words): string {
  const names: Record<Up, string> = {
    value: words.__('value'),
    gradient_norm: words.__('gradient norm'),
    step: words.__('step size'),
    parameters: words.__('parameters')
  };
  return names[up];
}

function above(value: number, zero: number): number {
  const size = Math.abs(value - zero);
  return size > 0 ? size : NaN; // a logarithm has no zero
}

function extent(tracks: readonly Track[], across: Across): number[] {
  const firsts = tracks.map(track => track.columns[across][0] ?? Infinity);
  return [Math.min(...firsts), Math.max(...tracks.map(track => track.columns[across].at(-1) ?? -Infinity))];
}

function parameterLines(track: Track, across: Across): Line[] {
  const places = track.points.iteration.map(iteration => track.nearest('iteration', iteration));
  const x = places.map(place => track.columns[across][place]);
  return track.data.labels.slice(0, MOST_PARAMETERS).map((label, k) => ({
    label,
    x,
    y: track.points.x.map(row => row[k]),
    colour: k % 8,
    dashes: [[], [7, 3], [2, 3]][Math.floor(k / 8) % 3]
  }));
}
